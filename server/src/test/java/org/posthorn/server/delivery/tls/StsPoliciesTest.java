package org.posthorn.server.delivery.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.spool.TestClock;

/** MTA-STS policies: read, fetched, kept (RFC 8461). */
class StsPoliciesTest {

    private static final String ENFORCE = "version: STSv1\r\nmode: enforce\r\nmx: mx.d.example\r\nmax_age: 604800\r\n";
    private static final Shortcoming BROKEN = new Shortcoming(Shortcoming.Type.STS_POLICY_FETCH_ERROR, "broken");

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private final List<String> fetched = new CopyOnWriteArrayList<>();
    private volatile Consumer<String> whenFetched = _ -> { };
    private ZoneDns zone = new ZoneDns().txt("_mta-sts.d.example", "v=STSv1; id=1;");
    private String policy = ENFORCE;
    private StsPolicies policies;

    private StsPolicies started() {
        var config = TlsConfig.of("me.example", home);
        policies = new StsPolicies(config, zone, this::fetch, new StsFiles(config), clock);
        return policies;
    }

    private PolicyFetch.Fetched fetch(String domain) {
        fetched.add(domain);
        whenFetched.accept(domain);
        return StsPolicy.parse(policy).<PolicyFetch.Fetched>map(PolicyFetch.Fetched.Got::new)
            .orElse(new PolicyFetch.Fetched.Failed(BROKEN));
    }

    private Optional<StsPolicy> ask() {
        return (policies == null ? started() : policies).of("d.example").policy();
    }

    private void record(String text) {
        zone = new ZoneDns().txt("_mta-sts.d.example", text);
        started();
    }

    @ParameterizedTest
    @ValueSource(strings = {ENFORCE, "version: STSv1\nmode: testing\nmx: *.d.example\nmax_age: 1\n",
        "mx:a.example\nmx: b.example\nmax_age: 86400  \nfuture_field: x\nmode: enforce\nversion: STSv1",
        "version: STSv1\nmode: none\nmax_age: 0\n", "version: STSv1\nmode: enforce\nmode: none\nmx: a\nmax_age: 5"})
    void aPolicyIsReadAndWrittenTheSame(String text) {
        var read = StsPolicy.parse(text).orElseThrow();
        assertThat(StsPolicy.parse(String.join("\n", read.lines()))).contains(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "version: STSv2\nmode: enforce\nmx: a\nmax_age: 5",
        "mode: enforce\nmx: a\nmax_age: 5",
        "version: STSv1\nmode: strict\nmx: a\nmax_age: 5", "version: STSv1\nmode: enforce\nmax_age: 5",
        "version: STSv1\nmode: enforce\nmx: a\nmax_age: -5", "version: STSv1\nmode: enforce\nmx: a",
        "version: STSv1\nmode: enforce\nmx: *\nmax_age: 5", "version: STSv1\nmode: enforce\nmx: a b\nmax_age: 5"})
    void whatIsNoPolicyIsNotTakenForOne(String text) {
        assertThat(StsPolicy.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"mx.d.example,mx.d.example,true", "mx.d.example,MX.D.EXAMPLE,true", "*.d.example,mx.d.example,true",
        "*.d.example,a.mx.d.example,false", "*.d.example,d.example,false", "*.d.example,evild.example,false",
        "mx.d.example,mx2.d.example,false"})
    void anAsteriskStandsForOneLabel(String pattern, String host, boolean takes) {
        var text = "version: STSv1\nmode: enforce\nmax_age: 5\nmx: " + pattern;
        assertThat(StsPolicy.parse(text).orElseThrow().takes(host)).isEqualTo(takes);
    }

    @ParameterizedTest
    @CsvSource({"v=STSv1; id=20160831085700Z;,20160831085700Z", "v=STSv1;id=a,a", "v=STSv1; x=y; id=a; z=1,a",
        "v=STSv1,", "v=STSv1; id=,", "v=STSv12; id=a,", "v=spf1 id=a,", "v=STSv1; id=has-dash;,"})
    void theRecordHasAnId(String record, String id) {
        assertThat(StsPolicy.id(List.of(record, "v=spf1 -all"))).isEqualTo(Optional.ofNullable(id));
    }

    @Test void severalRecordsAreNone() {
        assertThat(StsPolicy.id(List.of("v=STSv1; id=a;", "v=STSv1; id=b;"))).isEmpty();
    }

    @Test void withoutARecordNothingIsFetched() {
        zone = new ZoneDns();
        assertThat(ask()).isEmpty();
        assertThat(fetched).isEmpty();
    }

    @Test void aPolicyIsFetchedOnceAndOutlastsARestart() {
        assertThat(ask()).isPresent();
        assertThat(ask()).isPresent();
        started();
        assertThat(ask()).isPresent();
        assertThat(fetched).hasSize(1);
    }

    @Test void anotherIdMeansAnotherPolicy() {
        ask();
        policy = ENFORCE.replace("enforce", "testing");
        assertThat(ask()).get().extracting(StsPolicy::mode).isEqualTo(StsPolicy.Mode.ENFORCE);
        record("v=STSv1; id=2;");
        assertThat(ask()).get().extracting(StsPolicy::mode).isEqualTo(StsPolicy.Mode.ENFORCE);
        clock.pass(Duration.ofMinutes(5));
        assertThat(ask()).get().extracting(StsPolicy::mode).isEqualTo(StsPolicy.Mode.TESTING);
    }

    /** RFC 8461 sections 3.1, 3.3 and 10.2: record and server may be somebody else's work. */
    @Test void whatIsKeptHoldsWhateverBecomesOfRecordAndServer() {
        ask();
        policy = "";
        record("v=STSv1; id=2;");
        assertThat(ask()).isPresent();
        zone = new ZoneDns();
        started();
        assertThat(ask()).isPresent();
        zone.failing("_mta-sts.d.example");
        assertThat(ask()).isPresent();
        clock.pass(Duration.ofDays(7));
        assertThat(ask()).isEmpty();
    }

    @Test void aFetchThatFailedIsNotRepeatedAtOnce() {
        policy = "";
        assertThat(ask()).isEmpty();
        assertThat(policies.of("d.example").shortcoming()).contains(BROKEN);
        assertThat(fetched).hasSize(1);
        clock.pass(Duration.ofMinutes(5));
        policy = ENFORCE;
        assertThat(ask()).isPresent();
        assertThat(fetched).hasSize(2);
    }

    /** Of whatever age, and with another id each time. */
    @Test void aPolicyIsFetchedOnceInFiveMinutesAtMost() {
        policy = ENFORCE.replace("604800", "0");
        assertThat(ask()).isPresent();
        assertThat(ask()).isPresent();
        record("v=STSv1; id=2;");
        assertThat(ask()).isPresent();
        assertThat(fetched).hasSize(1);
        clock.pass(Duration.ofMinutes(5));
        assertThat(ask()).isPresent();
        assertThat(fetched).hasSize(2);
    }

    @Test void whatCannotBeFoundOutIsUnknownUnlessAPolicyIsKept() {
        zone.failing("_mta-sts.d.example");
        assertThat(started().of("d.example").unknown()).isPresent();
        zone = new ZoneDns().txt("_mta-sts.d.example", "v=STSv1; id=1;");
        policy = "";
        assertThat(started().of("d.example").unknown()).contains("broken");
        clock.pass(Duration.ofMinutes(5));
        policy = ENFORCE;
        assertThat(started().of("d.example").unknown()).isEmpty();
        zone.failing("_mta-sts.d.example");
        assertThat(policies.of("d.example").unknown()).isEmpty();
    }

    /** Not the mail of other domains, nor its own where a policy is kept. */
    @Test void aFetchThatTakesLongHoldsUpNobodyElse() throws Exception {
        ask();
        record("v=STSv1; id=2;");
        for (var i = 0; i < 200; i++) {
            zone.txt("_mta-sts.d" + i + ".example", "v=STSv1; id=1;");
        }
        clock.pass(Duration.ofMinutes(5));
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        var config = TlsConfig.of("me.example", home);
        policies = new StsPolicies(config, zone, domain -> {
            if (domain.equals("d.example")) {
                asked.countDown();
                await(answer);
            }
            return new PolicyFetch.Fetched.Got(StsPolicy.parse(ENFORCE).orElseThrow());
        }, new StsFiles(config), clock);
        var slow = Thread.ofVirtual().start(() -> policies.of("d.example"));
        await(asked);
        assertThat(policies.of("d.example").policy()).isPresent();
        for (var i = 0; i < 200; i++) {
            assertThat(policies.of("d" + i + ".example").policy()).isPresent();
        }
        answer.countDown();
        assertThat(slow.join(Duration.ofSeconds(10))).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test void aPolicyWithoutMeasureIsNone() {
        var lines = "mx: mx.d.example\n".repeat(100);
        assertThat(StsPolicy.parse("version: STSv1\nmode: enforce\nmax_age: 5\n" + lines)).isPresent();
        assertThat(StsPolicy.parse("version: STSv1\nmode: enforce\nmax_age: 5\nmx: a.example\n" + lines)).isEmpty();
        assertThat(StsPolicy.parse("version: STSv1\nmode: enforce\nmax_age: 5\nmx: " + "a".repeat(256))).isEmpty();
    }

    @Test void aDayOldPolicyIsFetchedAnewAlsoWithoutMail() throws Exception {
        ask();
        clock.pass(Duration.ofHours(23));
        policies.refresh();
        assertThat(fetched).hasSize(1);
        clock.pass(Duration.ofHours(1));
        policies.refresh();
        assertThat(fetched).hasSize(2);
        clock.pass(Duration.ofDays(6));
        started();
        assertThat(ask()).isPresent();
    }

    /** Each answers when both were asked. */
    @Test void aSlowServerKeepsNoOtherPolicyFromBeingFetchedAnew() throws Exception {
        zone.txt("_mta-sts.a.example", "v=STSv1; id=1;");
        policies = started();
        ask();
        policies.of("a.example");
        clock.pass(Duration.ofDays(1));
        var both = new CountDownLatch(2);
        var late = new AtomicBoolean();
        whenFetched = _ -> {
            both.countDown();
            late.compareAndSet(false, !isOver(both));
        };
        policies.refresh();
        assertThat(late).isFalse();
        assertThat(fetched).hasSize(4);
    }

    @Test void aStopReachesThoseThatAreBeingFetchedAnew() throws Exception {
        policies = started();
        for (var i = 0; i < 9; i++) {
            zone.txt("_mta-sts." + i + ".example", "v=STSv1; id=1;");
            policies.of(i + ".example");
        }
        clock.pass(Duration.ofDays(1));
        var begun = new CountDownLatch(4);
        var never = new CountDownLatch(1);
        whenFetched = _ -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        var stopped = new AtomicBoolean();
        var thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                policies.refresh();
            } catch (InterruptedException e) {
                stopped.set(true);
            }
        });
        assertThat(isOver(begun)).isTrue();
        thread.interrupt();
        assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
        assertThat(stopped).isTrue();
    }

    private static boolean isOver(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test void whatHoldsNoMoreIsForgotten() throws Exception {
        ask();
        zone = new ZoneDns();
        started();
        clock.pass(Duration.ofDays(8));
        policies.refresh();
        try (var files = Files.list(home.resolve("data/tls/mta-sts"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test void aFileThatCannotBeReadCountsAsNone() throws Exception {
        ask();
        Files.writeString(home.resolve("data/tls/mta-sts/d.example"), "\0\0\0");
        started();
        assertThat(ask()).isPresent();
        assertThat(fetched).hasSize(2);
    }

    @Test void aNameThatIsNoFileNameStaysInMemory() {
        zone.txt("_mta-sts.../../etc", "v=STSv1; id=1;");
        assertThat(started().of("../../etc").policy()).isPresent();
        assertThat(home.resolve("data/tls")).doesNotExist();
    }
}
