package org.posthorn.server.spool;

class InMemorySpoolTest implements SpoolContract {

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);

    @Override public Spool spool() {
        return spool;
    }

    @Override public TestClock clock() {
        return clock;
    }
}
