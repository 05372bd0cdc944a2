public class Allocate {
    static volatile int sink;
    static void count() { int sum = 0; for (int i = 0; i < 300_000_000; i++) sum += i ^ sum; sink = sum; }
    public static void main(String[] args) throws Exception {
        Thread counter = new Thread(Allocate::count, "counter");
        counter.start();
        Thread.sleep(100);
        System.gc();
        counter.join();
        System.out.println("done " + sink);
    }
}
