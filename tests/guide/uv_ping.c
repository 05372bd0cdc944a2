// A client asks a question, and pings the server while it waits: the first time soon, then every half
// minute. The answer stops the pings. Now and then the program has its answer and does not end. (The
// server is libuv's thread pool.)
// build: -luv
#include <stdio.h>
#include <time.h>
#include <uv.h>

static uv_loop_t *loop;
static uv_timer_t ping;
static uv_work_t question, echo;

static void take(int milliseconds) {
    struct timespec time = {0, milliseconds * 1000000L};
    nanosleep(&time, NULL);
}

static void on_ping(uv_timer_t *timer);

static void send_echo(uv_work_t *work) {
    take(9);
}

static void on_echo(uv_work_t *work, int status) {
    uv_timer_start(&ping, on_ping, 30000, 0);
}

static void on_ping(uv_timer_t *timer) {
    uv_queue_work(loop, &echo, send_echo, on_echo);
}

static void answer_question(uv_work_t *work) {
    take(20);
}

static void on_answer(uv_work_t *work, int status) {
    puts("the answer is 42");
    fflush(stdout);
    uv_timer_stop(&ping);
}

int main(void) {
    loop = uv_default_loop();
    uv_timer_init(loop, &ping);
    uv_timer_start(&ping, on_ping, 10, 0);
    uv_queue_work(loop, &question, answer_question, on_answer);
    return uv_run(loop, UV_RUN_DEFAULT);
}
