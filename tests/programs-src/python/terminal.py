# A pseudo-terminal's master: drives a shell and other programs the way a person would.
import fcntl, os, pty, select, signal, struct, termios

def spawn(*argv):
    pid, master = pty.fork()
    if pid == 0: os.execvpe(argv[0], argv, {**os.environ, "PS1": "$ ", "TERM": "dumb"})
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    return pid, master

def until(master, text):
    seen = b""
    while text not in seen:
        if not select.select([master], [], [], 60)[0]: raise SystemExit("no %r in %r" % (text, seen))
        try: data = os.read(master, 1000)
        except OSError: data = b""
        if not data: raise SystemExit("ended before %r: %r" % (text, seen))
        seen += data
    return seen

def end(pid, master):
    while True:
        try:
            if not os.read(master, 1000): break
        except OSError: break
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

pid, master = spawn("/bin/sh")
until(master, b"$ ")
for command, answer in (("echo $((6 * 7))", b"42\r\n"), ("tty | cut -c1-9", b"/dev/pts/\r\n"), ("stty size", b"24 80\r\n")):
    os.write(master, command.encode() + b"\n"); until(master, answer); print("shell", answer)
os.write(master, b"sh -c 'echo u\"\"p; exec sleep 100'; echo interrupted\n"); until(master, b"up\r\n"); os.write(master, b"\x03")
os.write(master, b"\necho st''ill here\n"); until(master, b"still here\r\n$ "); print("after ^C")
os.write(master, b"cat\nabc\n"); until(master, b"abc\r\nabc\r\n"); os.write(master, b"\x04"); print("cat echoes")
os.write(master, b"exit 3\n"); print("exit", end(pid, master))

pid, master = spawn("/bin/bash", "--norc", "-i")
until(master, b"$ ")
os.write(master, b"sh -c 'echo u\"\"p; exec sleep 100'\n"); until(master, b"up\r\n"); os.write(master, b"\x1a"); until(master, b"Stopped"); print("^Z stops")
os.write(master, b"bg\n"); until(master, b" &\r\n"); os.write(master, b"kill %1; wait; echo go''ne\n"); until(master, b"gone\r\n"); print("bg, kill")
os.write(master, b"exit 4\n"); print("exit", end(pid, master))

pid, master = spawn("/usr/bin/python3", "-c", "import signal, time, os\nsignal.signal(signal.SIGWINCH, lambda *a: print('size', *os.get_terminal_size(), flush=True))\nprint('up', flush=True)\nwhile True: time.sleep(1)")
until(master, b"up"); fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 132, 0, 0))
until(master, b"size 132 50"); print("SIGWINCH"); os.close(master)
print("hung up", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGHUP)

print("spawn", os.waitstatus_to_exitcode(pty.spawn(["/bin/sh", "-c", "test -t 1 && exit 9"])))
