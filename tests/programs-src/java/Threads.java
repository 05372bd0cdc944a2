// Threads of every kind, garbage for the collectors, a class that throws, a child process.
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;

public class Threads {
    static int shared;
    static final Object lock = new Object();

    static long garbage(int rounds) {
        List<int[]> kept = new ArrayList<>();
        long sum = 0;
        for (int i = 0; i < rounds; i++) {
            int[] block = new int[1000 + i % 100];
            block[i % 1000] = i;
            if (i % 50 == 0) kept.add(block);
            if (kept.size() > 100) kept.clear();
            sum += block[i % 1000];
        }
        return sum;
    }

    static int deep(int n) { return 1 + deep(n + 1); }

    public static void main(String[] args) throws Exception {
        Thread[] threads = new Thread[6];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> { for (int i = 0; i < 5000; i++) synchronized (lock) { shared++; } });
            threads[t].start();
        }
        for (Thread t : threads) t.join();
        System.out.println("shared " + shared);

        ExecutorService pool = Executors.newFixedThreadPool(3);
        List<Future<Long>> sums = new ArrayList<>();
        for (int i = 0; i < 6; i++) { int n = 3000 + i; sums.add(pool.submit(() -> garbage(n))); }
        long total = 0;
        for (Future<Long> f : sums) total += f.get();
        pool.shutdown();
        System.out.println("garbage " + total + " " + pool.awaitTermination(1, TimeUnit.MINUTES));

        System.out.println("parallel " + IntStream.range(0, 20000).parallel().mapToLong(i -> i % 7 * (long) i).sum());
        ConcurrentHashMap<String, Integer> words = new ConcurrentHashMap<>();
        IntStream.range(0, 5000).parallel().forEach(i -> words.merge("w" + i % 13, 1, Integer::sum));
        System.out.println("words " + new TreeMap<>(words));

        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(5);
        Thread producer = new Thread(() -> { try { for (int i = 0; i <= 500; i++) queue.put(i == 500 ? -1 : i); } catch (InterruptedException e) { } });
        producer.start();
        int got = 0;
        for (int n; (n = queue.take()) >= 0; ) got += n;
        System.out.println("queue " + got);

        CountDownLatch latch = new CountDownLatch(3);
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        timer.scheduleAtFixedRate(latch::countDown, 5, 5, TimeUnit.MILLISECONDS);
        System.out.println("timer " + latch.await(1, TimeUnit.MINUTES));
        timer.shutdownNow();

        Thread sleeper = new Thread(() -> { try { Thread.sleep(100000); } catch (InterruptedException e) { System.out.println("interrupted"); } });
        sleeper.start();
        sleeper.interrupt();
        sleeper.join();
        try { deep(0); } catch (StackOverflowError e) { System.out.println("overflow"); }
        try { Object o = null; o.hashCode(); } catch (NullPointerException e) { System.out.println("null"); }

        ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(() -> {
            try { for (int i = 0; i < 3; i++) try (Socket s = server.accept()) { s.getOutputStream().write(("hello " + new BufferedReader(new InputStreamReader(s.getInputStream())).readLine()).getBytes()); } }
            catch (IOException e) { System.out.println(e); }
        });
        acceptor.start();
        for (int i = 0; i < 3; i++) try (Socket s = new Socket(server.getInetAddress(), server.getLocalPort())) {
            s.getOutputStream().write(("client " + i + "\n").getBytes());
            System.out.println(new String(s.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        acceptor.join();
        Process child = new ProcessBuilder("/bin/sh", "-c", "cat; exit 3").start();
        child.getOutputStream().write("to the child".getBytes());
        child.getOutputStream().close();
        System.out.println(new String(child.getInputStream().readAllBytes()) + " " + child.waitFor());
        System.gc();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        System.exit(4);
    }
}
