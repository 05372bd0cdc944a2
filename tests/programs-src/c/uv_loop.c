// A libuv event loop: timers, the thread pool, TCP and a pipe within one program, a child process,
// a signal, a file watcher, an async wake-up from a thread.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define CHECK(call) do { int error = (call); if (error < 0) { printf("%s: %s\n", #call, uv_strerror(error)); exit(1); } } while (0)

static uv_loop_t *loop;
static int ticks, worked, echoed, woken;
static uv_mutex_t lock;
static long sum;

static void tick(uv_timer_t *timer) {
    if (++ticks == 20) { uv_timer_stop(timer); uv_close((uv_handle_t *)timer, NULL); }
}

static void work(uv_work_t *request) {
    long n = 0;
    for (long i = 0; i < 200000; i++) n += i % ((long)request->data + 2);
    uv_mutex_lock(&lock); sum += n; uv_mutex_unlock(&lock);
}
static void after(uv_work_t *request, int status) { worked += status == 0; free(request); }

static void allocate(uv_handle_t *h, size_t size, uv_buf_t *b) { *b = uv_buf_init(malloc(size), size); }
static void written(uv_write_t *request, int status) { free(request->data); free(request); }
static void send_bytes(uv_stream_t *stream, const char *bytes, size_t n) {
    uv_write_t *request = malloc(sizeof *request);
    request->data = memcpy(malloc(n), bytes, n);
    uv_buf_t buf = uv_buf_init(request->data, n);
    CHECK(uv_write(request, stream, &buf, 1, written));
}
static void close_free(uv_handle_t *h) { free(h); }
static void serve(uv_stream_t *s, ssize_t n, const uv_buf_t *b) {
    if (n > 0) send_bytes(s, b->base, n);
    if (n < 0) uv_close((uv_handle_t *)s, close_free);
    free(b->base);
}
static void incoming(uv_stream_t *server, int status) {
    uv_tcp_t *client = malloc(sizeof *client);
    CHECK(uv_tcp_init(loop, client));
    CHECK(uv_accept(server, (uv_stream_t *)client));
    CHECK(uv_read_start((uv_stream_t *)client, allocate, serve));
}
static uv_tcp_t server;
static void answer(uv_stream_t *s, ssize_t n, const uv_buf_t *b) {
    free(b->base);
    if (n <= 0) return;
    echoed += n;
    if (echoed % 50000) return;
    uv_close((uv_handle_t *)s, close_free);
    if (echoed == 4 * 50000) uv_close((uv_handle_t *)&server, NULL);
}
static void connected(uv_connect_t *request, int status) {
    static char bytes[50000];
    CHECK(status);
    CHECK(uv_read_start(request->handle, allocate, answer));
    send_bytes(request->handle, bytes, sizeof bytes);
    free(request);
}
static void connect_one(void) {
    struct sockaddr_storage address; int size = sizeof address;
    CHECK(uv_tcp_getsockname(&server, (struct sockaddr *)&address, &size));
    uv_tcp_t *client = malloc(sizeof *client);
    CHECK(uv_tcp_init(loop, client));
    CHECK(uv_tcp_connect(malloc(sizeof(uv_connect_t)), client, (struct sockaddr *)&address, connected));
}

static char from_child[200];
static void child_says(uv_stream_t *s, ssize_t n, const uv_buf_t *b) {
    if (n > 0) strncat(from_child, b->base, n);
    if (n < 0) uv_close((uv_handle_t *)s, NULL);
    free(b->base);
}
static long child_status = -1;
static void child_ended(uv_process_t *p, int64_t status, int signal) {
    child_status = status; uv_close((uv_handle_t *)p, NULL);
}
static void on_signal(uv_signal_t *s, int number) {
    printf("signal %d\n", number == SIGUSR1); uv_close((uv_handle_t *)s, NULL);
}
static void wake(uv_async_t *a) { woken++; uv_close((uv_handle_t *)a, NULL); }
static void waker(void *a) { usleep(20000); uv_async_send(a); }
static void changed(uv_fs_event_t *e, const char *name, int events, int status) {
    printf("changed %s\n", name); uv_close((uv_handle_t *)e, NULL);
}
static void opened(uv_fs_t *f) {
    printf("open %d\n", f->result >= 0); uv_fs_t c; uv_fs_close(loop, &c, f->result, NULL); uv_fs_req_cleanup(f);
}

int main(void) {
    loop = uv_default_loop();
    uv_mutex_init(&lock);
    uv_timer_t timer; uv_timer_init(loop, &timer); uv_timer_start(&timer, tick, 2, 5);
    for (long n = 0; n < 12; n++) {
        uv_work_t *request = malloc(sizeof *request); request->data = (void *)n;
        CHECK(uv_queue_work(loop, request, work, after));
    }
    struct sockaddr_in address; uv_ip4_addr("127.0.0.1", 0, &address);
    CHECK(uv_tcp_init(loop, &server)); CHECK(uv_tcp_bind(&server, (struct sockaddr *)&address, 0));
    CHECK(uv_listen((uv_stream_t *)&server, 16, incoming));
    uv_async_t async; CHECK(uv_async_init(loop, &async, wake));
    uv_thread_t thread; CHECK(uv_thread_create(&thread, waker, &async));
    uv_signal_t signals; uv_signal_init(loop, &signals); CHECK(uv_signal_start(&signals, on_signal, SIGUSR1));
    kill(getpid(), SIGUSR1);
    uv_pipe_t out; uv_pipe_init(loop, &out, 0);
    uv_stdio_container_t io[2] = {{.flags = UV_IGNORE}, {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&out}};
    char *args[] = {"/bin/sh", "-c", "echo from the child; sleep 0.05; exit 3", NULL};
    uv_process_options_t options = {.file = args[0], .args = args, .stdio = io, .stdio_count = 2, .exit_cb = child_ended};
    uv_process_t child; CHECK(uv_spawn(loop, &child, &options)); CHECK(uv_read_start((uv_stream_t *)&out, allocate, child_says));
    uv_run(loop, UV_RUN_ONCE);
    for (int n = 0; n < 4; n++) connect_one();
    uv_run(loop, UV_RUN_DEFAULT);
    uv_fs_event_t watch; uv_fs_event_init(loop, &watch); CHECK(uv_fs_event_start(&watch, changed, ".", 0));
    fclose(fopen("watched", "w"));
    uv_run(loop, UV_RUN_DEFAULT);
    uv_fs_t file; CHECK(uv_fs_open(loop, &file, "watched", UV_FS_O_RDONLY, 0, opened));
    uv_run(loop, UV_RUN_DEFAULT);
    uv_thread_join(&thread);
    printf("ticks %d work %d sum %ld echoed %d woken %d child %ld: %s", ticks, worked, sum, echoed, woken, child_status, from_child);
    return uv_loop_close(loop);
}
