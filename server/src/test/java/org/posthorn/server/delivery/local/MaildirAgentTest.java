package org.posthorn.server.delivery.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.powerloss.PowerLoss;
import org.posthorn.server.powerloss.RecordedDisk;
import org.posthorn.server.powerloss.Recording;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Disk;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;
import org.posthorn.server.users.MemoryDirectory;
import org.posthorn.server.users.Quota;
import org.posthorn.server.users.UsersConfig;

class MaildirAgentTest {

    @TempDir private Path root;
    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private final MemoryDirectory users = new MemoryDirectory().user("ann@example.net").user("bob@example.net");
    private MaildirAgent agent;

    @BeforeEach void start() {
        agent = agent(users, UsersConfig.OverQuota.DEFER);
    }

    private MaildirAgent agent(MemoryDirectory directory, UsersConfig.OverQuota overQuota) {
        return agent(directory, overQuota, Disk.real());
    }

    private MaildirAgent agent(MemoryDirectory directory, UsersConfig.OverQuota overQuota, Disk disk) {
        var config = new LocalConfig(root, "mx.example.org", 8);
        var space = new MaildirSpace(config, directory, clock::nanos);
        return new MaildirAgent(config, directory, space, new UsersConfig("+",
            Optional.empty(), 9, UsersConfig.Passwords.DEFAULT, new UsersConfig.Quotas(Quota.NONE, overQuota)),
            disk, clock);
    }

    private Job job(String text, String... localParts) throws InterruptedException {
        var message = TestMessages.message(spool, clock.instant(), text,
            new RecipientState.Routed(new Route("local", ""), clock.instant(), 0, ""), localParts);
        spool.commit(Change.accept(message));
        return Job.of(spool.takeDue(1, Duration.ZERO).getFirst());
    }

    private List<Outcome> deliver(String text, String... localParts) throws IOException, InterruptedException {
        return agent.deliver(job(text, localParts));
    }

    private Path maildir(String user) {
        return root.resolve("example.net").resolve(user).resolve("Maildir");
    }

    private List<Path> files(String user, String part) throws IOException {
        try (var files = Files.list(maildir(user).resolve(part))) {
            return files.toList();
        }
    }

    private String only(String user) throws IOException {
        assertThat(files(user, "new")).hasSize(1);
        return Files.readString(files(user, "new").getFirst());
    }

    @Test void addressesOfOneMailboxAreKnownAsSuch() {
        users.user("postmaster@example.org").alias("bob@example.net", "bob@example.net", "bob@far.example");
        users.setDelimiter(new Mailbox("bob", "example.net"), Optional.of("-"));
        assertThat(agent.mailbox(new Mailbox("Ann", "example.net")))
            .isEqualTo(agent.mailbox(new Mailbox("ann", "example.net")))
            .isEqualTo(agent.mailbox(new Mailbox("postmaster", "example.net")))
            .isNotEqualTo(agent.mailbox(new Mailbox("ann+shop", "example.net")));
        assertThat(agent.mailbox(new Mailbox("bob", "example.net")))
            .isEqualTo(agent.mailbox(new Mailbox("BOB", "example.net")))
            .isNotEqualTo(agent.mailbox(new Mailbox("bob-x", "example.net")));
        users.failing(new DatabaseException("down", null));
        assertThat(agent.mailbox(new Mailbox("Ann", "example.net"))).isEqualTo(new Mailbox("Ann", "example.net"));
    }

    @Test void theReturnPathIsTheOneOfTheForm() throws IOException, InterruptedException {
        var message = new NewMessage(spool.nextId(), TestMessages.origin(clock.instant()), List.of(new NewVariant(
            TestMessages.draft(spool, "Subject: x\r\n\r\n"), "",
            Optional.of(ReversePath.of(new Mailbox("srs", "example.org"))))),
            List.of(new NewRecipient(TestMessages.recipient("ann"), 0,
                new RecipientState.Routed(new Route("local", ""), clock.instant(), 0, ""))), List.of());
        spool.commit(Change.accept(message));
        agent.deliver(Job.of(spool.takeDue(1, Duration.ZERO).getFirst()));
        assertThat(only("ann")).startsWith("Return-Path: <srs@example.org>\n");
    }

    @Test void aMessageArrivesWithItsTraceAndUnixLineEnds() throws IOException, InterruptedException {
        assertThat(deliver("Subject: x\r\n\r\n.dot\r\nbare\rCR\r\n", "ann")).singleElement()
            .isInstanceOf(Outcome.Delivered.class);
        assertThat(only("ann")).isEqualTo("Return-Path: <ann@example.org>\nDelivered-To: ann@example.net\n"
            + "Subject: x\n\n.dot\nbare\rCR\n");
        assertThat(files("ann", "tmp")).isEmpty();
    }

    @Test void everyRecipientGetsAFileOfItsOwn() throws IOException, InterruptedException {
        deliver("Subject: x\r\n\r\n", "ann", "bob");
        assertThat(only("ann")).contains("Delivered-To: ann@");
        assertThat(only("bob")).contains("Delivered-To: bob@").doesNotContain("ann@example.net");
    }

    @Test void ofManyRecipientsEachHasItsOwnOutcomeInOrder() throws IOException, InterruptedException {
        var users = List.of("ann+", "bob+", "nobody");
        var names = IntStream.range(0, 100).mapToObj(i -> users.get(i % 3) + i).toArray(String[]::new);
        var outcomes = deliver("Subject: x\r\n\r\n", names);
        assertThat(outcomes).hasSize(100);
        for (var i = 0; i < 100; i++) {
            assertThat(outcomes.get(i)).as(names[i])
                .isInstanceOf(i % 3 == 2 ? Outcome.Failed.class : Outcome.Delivered.class);
        }
        assertThat(files("ann", "new")).hasSize(34);
        assertThat(files("bob", "new")).hasSize(33);
    }

    @Test void nobodyElseCanReadIt() throws IOException, InterruptedException {
        deliver("x\r\n", "ann");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files("ann", "new").getFirst())))
            .isEqualTo("rw-------");
        for (var directory : List.of(maildir("ann"), maildir("ann").resolve("cur"), root.resolve("example.net"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))).isEqualTo("rwx------");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16_383, 16_384, 16_385, 32_767, 32_768, 32_769})
    void aLineEndAcrossTwoBlocksIsOne(int length) throws IOException, InterruptedException {
        deliver("x".repeat(length) + "\r\ny\r\n\r", "ann");
        assertThat(only("ann")).endsWith("x".repeat(length) + "\ny\n\r");
    }

    /** A process made the mailbox and was killed before it had forced its name; then the power fails. */
    @Test void aMailboxThatADeadProcessMadeIsMadeDurable() throws IOException, InterruptedException {
        var recording = new Recording(root);
        var disk = new RecordedDisk(recording);
        for (var made : List.of(root.resolve("example.net"), root.resolve("example.net/ann"), maildir("ann"),
            maildir("ann").resolve("tmp"), maildir("ann").resolve("cur"), maildir("ann").resolve("new"))) {
            disk.createDirectory(made);
        }
        assertThat(agent(users, UsersConfig.OverQuota.DEFER, disk).deliver(job("Subject: x\r\n\r\n", "ann")))
            .singleElement().isInstanceOf(Outcome.Delivered.class);
        var after = root.resolve("after");
        new PowerLoss(recording, _ -> false, _ -> 512).leave(recording.now(), PowerLoss.Loss.EVERYTHING, new Random(1),
            after);
        assertThat(after.resolve("example.net/ann/Maildir/new")).isNotEmptyDirectory();
    }

    /** They share what is forced; the power fails when all are told delivered. */
    @Test void manyAtOnceAreDurable() throws IOException, InterruptedException {
        var everybody = IntStream.range(0, 40).mapToObj(number -> "user" + number).toArray(String[]::new);
        for (var name : everybody) {
            users.user(name + "@example.net");
        }
        var recording = new Recording(root);
        assertThat(agent(users, UsersConfig.OverQuota.DEFER, new RecordedDisk(recording))
            .deliver(job("Subject: x\r\n\r\nsome text\r\n", everybody)))
            .hasSize(everybody.length).allMatch(Outcome.Delivered.class::isInstance);
        var after = root.resolve("after");
        new PowerLoss(recording, _ -> false, _ -> 512).leave(recording.now(), PowerLoss.Loss.EVERYTHING, new Random(1),
            after);
        for (var name : everybody) {
            try (var files = Files.list(after.resolve("example.net").resolve(name).resolve("Maildir/new"))) {
                assertThat(files.toList()).singleElement().satisfies(file ->
                    assertThat(file).content().endsWith("Subject: x\n\nsome text\n"));
            }
        }
    }

    @Test void aRepeatedDeliveryFindsItsOwnFile() throws IOException, InterruptedException {
        var job = job("Subject: x\r\n\r\n", "ann");
        agent.deliver(job);
        start();   // the process ended before the outcome was written down
        assertThat(agent.deliver(job)).singleElement().isInstanceOf(Outcome.Delivered.class);
        assertThat(files("ann", "new")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":2,", ":2,RS"})
    void aRepeatedDeliveryFindsItsFileWhereAReaderMovedIt(String flags) throws IOException, InterruptedException {
        var job = job("Subject: x\r\n\r\n", "ann");
        agent.deliver(job);
        var file = files("ann", "new").getFirst();
        Files.move(file, maildir("ann").resolve("cur").resolve(file.getFileName() + flags));
        clock.pass(Duration.ofSeconds(1));
        start();
        agent.deliver(job);
        assertThat(files("ann", "new")).isEmpty();
        assertThat(files("ann", "cur")).hasSize(1);
    }

    @Test void aPieceThatACrashLeftIsWrittenOver() throws IOException, InterruptedException {
        var job = job("Subject: x\r\n\r\n", "ann");
        agent.deliver(job);
        var file = files("ann", "new").getFirst();
        Files.move(file, maildir("ann").resolve("tmp").resolve(file.getFileName()));
        Files.writeString(maildir("ann").resolve("tmp").resolve(file.getFileName()), "x".repeat(1_000));
        agent.deliver(job);
        assertThat(only("ann")).endsWith("Subject: x\n\n").doesNotContain("xxx");
        assertThat(files("ann", "tmp")).isEmpty();
    }

    @Test void otherMessagesHaveOtherNames() throws IOException, InterruptedException {
        deliver("one\r\n", "ann");
        deliver("two\r\n", "ann");
        assertThat(files("ann", "new")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Delivered-To: ann@example.net\r\n", "delivered-to:\tANN@example.net \r\n",
        "X: y\r\nDelivered-To:\r\n ann@example.net\r\n"})
    void aMessageThatWasHereBeforeGoesInACircle(String field) throws IOException, InterruptedException {
        assertThat(deliver(field + "Subject: x\r\n\r\n", "ann", "bob")).satisfiesExactly(
            ann -> assertThat(ann.reply().status().orElseThrow()).hasToString("5.4.6"),
            bob -> assertThat(bob).isInstanceOf(Outcome.Delivered.class));
    }

    @Test void aDeliveredToInTheBodyMeansNothing() throws IOException, InterruptedException {
        assertThat(deliver("Subject: x\r\n\r\nDelivered-To: ann@example.net\r\n", "ann")).singleElement()
            .isInstanceOf(Outcome.Delivered.class);
    }

    @Test void aSubaddressGoesToItsUser() throws IOException, InterruptedException {
        deliver("x\r\n", "ann+list");
        assertThat(only("ann")).contains("Delivered-To: ann+list@example.net");
    }

    @Test void whoIsUnknownFailsAndWhatWeDoNotKnowWaits() throws IOException, InterruptedException {
        users.alias("alias@example.net", "ann@example.net");
        assertThat(deliver("x\r\n", "nobody", "alias")).satisfiesExactly(
            nobody -> assertThat(nobody).isInstanceOf(Outcome.Failed.class)
                .extracting(o -> o.reply().status().orElseThrow().toString()).isEqualTo("5.1.1"),
            alias -> assertThat(alias).isInstanceOf(Outcome.Deferred.class));
        users.failing(new DatabaseException("down", new IOException("down")));
        assertThat(deliver("x\r\n", "nobody")).singleElement().isInstanceOf(Outcome.Deferred.class);
    }

    @Test void aDomainThatIsNoLongerHostedWaits() throws IOException, InterruptedException {
        agent = agent(new MemoryDirectory(), UsersConfig.OverQuota.DEFER);
        assertThat(deliver("x\r\n", "foreign")).singleElement().isInstanceOf(Outcome.Deferred.class);
    }

    @Test void anAliasThatListsItselfKeepsACopy() throws IOException, InterruptedException {
        users.alias("ann@example.net", "ann@example.net", "ann@far.example");
        assertThat(deliver("x\r\n", "ann")).singleElement().isInstanceOf(Outcome.Delivered.class);
        assertThat(only("ann")).contains("Delivered-To: ann@example.net");
    }

    @Test void aMailboxThatCannotBeWrittenWaits() throws IOException, InterruptedException {
        Files.writeString(root.resolve("example.net"), "in the way");
        assertThat(deliver("x\r\n", "ann")).singleElement().isInstanceOf(Outcome.Deferred.class);
    }

    /** What a full disk refuses on the way of a message into a mailbox. */
    private enum Step { OPEN, WRITE, FORCE, MOVE }

    /** A real disk that is full at one step, until it is mended. */
    private static final class FullDisk implements Disk {
        private final Disk real = Disk.real();
        private Optional<Step> full;

        FullDisk(Step full) {
            this.full = Optional.of(full);
        }

        private void at(Step step) throws IOException {
            if (full.equals(Optional.of(step))) {
                throw new IOException("No space left on device");
            }
        }

        @Override public Output create(Path file) throws IOException {
            return real.create(file);
        }

        @Override public Output createZeroed(Path file, int octets) throws IOException {
            return real.createZeroed(file, octets);
        }

        @Override public Output replace(Path file) throws IOException {
            at(Step.OPEN);
            var output = real.replace(file);
            return new Output() {
                @Override public void write(byte[] octets, int offset, int length) throws IOException {
                    output.write(octets, offset, full.equals(Optional.of(Step.WRITE)) ? length / 2 : length);
                    at(Step.WRITE);
                }

                @Override public void force() throws IOException {
                    at(Step.FORCE);
                    output.force();
                }

                @Override public void close() throws IOException {
                    output.close();
                }
            };
        }

        @Override public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
            real.createDirectory(directory, attributes);
        }

        @Override public void move(Path file, Path to) throws IOException {
            at(Step.MOVE);
            real.move(file, to);
        }

        @Override public void delete(Path file) throws IOException {
            real.delete(file);
        }

        @Override public void forceDirectory(Path directory) throws IOException {
            real.forceDirectory(directory);
        }

        @Override public Optional<Volume> volume(Path directory) {
            return Optional.empty();
        }

        @Override public long usable(Path directory) throws IOException {
            return real.usable(directory);
        }
    }

    @ParameterizedTest @EnumSource
    void aFullDiskMakesMailWaitAndLeavesNothing(Step step) throws IOException, InterruptedException {
        var disk = new FullDisk(step);
        agent = agent(users, UsersConfig.OverQuota.REJECT, disk);
        quota(1 << 20, 1);
        var job = job("Subject: x\r\n\r\n" + "text\r\n".repeat(50_000), "ann");
        assertThat(agent.deliver(job)).isEqualTo(List.of(new Outcome.Deferred(
            org.posthorn.protocols.wire.Reply.of(451, "4.2.0", "The mailbox cannot be written now"), "",
            Outcome.Scope.RECIPIENT)));
        assertThat(files("ann", "tmp")).isEmpty();
        assertThat(files("ann", "new")).isEmpty();
        disk.full = Optional.empty();
        assertThat(agent.deliver(job)).as("the room that was reserved is free again").singleElement()
            .isInstanceOf(Outcome.Delivered.class);
        assertThat(only("ann")).endsWith("text\ntext\n");
        assertThat(files("ann", "tmp")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ann,ann", "a.b+c-d_e=f,a.b+c-d_e=f", "../../etc,%2E.%2F..%2Fetc", "..,%2E.", "/,%2F", "a%b,a%25b",
        "'a b',a%20b", "\u00fc,%C3%BC", "A,A", ".x,%2Ex", "a:b,a%3Ab"})
    void noNameLeadsOutOfItsPlace(String localPart, String directory) {
        var path = MailboxPath.of(root, new Mailbox(localPart, "example.net"));
        assertThat(path).isEqualTo(root.resolve("example.net").resolve(directory).resolve("Maildir"));
        assertThat(path.normalize()).isEqualTo(path);
    }

    private void quota(long octets, long messages) {
        users.setQuota(new Mailbox("ann", "example.net"), Optional.of(new Quota(octets, messages)));
    }

    @Test void aFullMailboxIsToldAsConfiguredAndTheOthersGetTheirs() throws IOException, InterruptedException {
        quota(1 << 20, 1);
        deliver("Subject: x\r\n\r\n", "ann");
        assertThat(deliver("x\r\n", "ann", "bob")).satisfiesExactly(
            ann -> assertThat(ann).isEqualTo(new Outcome.Deferred(org.posthorn.protocols.wire.Reply.of(452, "4.2.2",
                "The mailbox of ann@example.net is full"), "", Outcome.Scope.RECIPIENT)),
            bob -> assertThat(bob).isInstanceOf(Outcome.Delivered.class));
        agent = agent(users, UsersConfig.OverQuota.REJECT);
        assertThat(deliver("x\r\n", "ann")).containsExactly(new Outcome.Failed(
            org.posthorn.protocols.wire.Reply.of(552, "5.2.2", "The mailbox of ann@example.net is full"), ""));
        assertThat(files("ann", "new")).hasSize(1);
        users.setQuota(new Mailbox("ann", "example.net"), Optional.empty());
        assertThat(deliver("x\r\n", "ann")).singleElement().isInstanceOf(Outcome.Delivered.class);
    }

    @Test void octetsAreWhatTheFilesHaveAndATooLargeMessageIsKeptOut() throws IOException, InterruptedException {
        quota(300, 10);
        assertThat(deliver("x".repeat(150) + "\r\n", "ann")).singleElement().isInstanceOf(Outcome.Delivered.class);
        assertThat(deliver("x".repeat(150) + "\r\n", "ann")).singleElement().isInstanceOf(Outcome.Deferred.class);
        assertThat(deliver("x\r\n", "ann")).singleElement().isInstanceOf(Outcome.Delivered.class);
        assertThat(deliver("y\r\n", "ann")).singleElement().isInstanceOf(Outcome.Deferred.class);
    }

    @Test void whatAnotherProgramRemovesIsFreeAgain() throws IOException, InterruptedException {
        quota(Quota.UNLIMITED, 2);
        deliver("one\r\n", "ann");
        deliver("two\r\n", "ann");
        assertThat(deliver("three\r\n", "ann")).singleElement().isInstanceOf(Outcome.Deferred.class);
        Files.delete(files("ann", "new").getFirst());
        clock.pass(Duration.ofSeconds(3));
        assertThat(deliver("three\r\n", "ann")).singleElement().isInstanceOf(Outcome.Delivered.class);
        var read = files("ann", "new").getFirst();
        var folder = Files.createDirectories(maildir("ann").resolve(".Sent").resolve("cur"));
        Files.move(read, folder.resolve(read.getFileName() + ":2,S"));
        clock.pass(Duration.ofSeconds(3));
        assertThat(deliver("four\r\n", "ann")).as("folders count").singleElement()
            .isInstanceOf(Outcome.Deferred.class);
        Files.delete(folder.resolve(read.getFileName() + ":2,S"));
        clock.pass(Duration.ofSeconds(3));
        assertThat(deliver("four\r\n", "ann")).singleElement().isInstanceOf(Outcome.Delivered.class);
    }

    @Test void whatAnotherProgramAddsCounts() throws IOException, InterruptedException {
        quota(Quota.UNLIMITED, 2);
        deliver("one\r\n", "ann");
        Files.writeString(maildir("ann").resolve("cur").resolve("1.x:2,S"), "appended by IMAP");
        Files.writeString(maildir("ann").resolve("tmp").resolve("half"), "not there yet");
        Files.setLastModifiedTime(maildir("ann").resolve("cur"), java.nio.file.attribute.FileTime.fromMillis(1));
        assertThat(deliver("two\r\n", "ann")).singleElement().isInstanceOf(Outcome.Deferred.class);
    }

    @Test void aRepeatedDeliveryNeedsNoRoom() throws IOException, InterruptedException {
        quota(Quota.UNLIMITED, 1);
        var job = job("x\r\n", "ann");
        agent.deliver(job);
        start();
        assertThat(agent.deliver(job)).singleElement().isInstanceOf(Outcome.Delivered.class);
    }

    @Test void roomIsReservedSoThatTwoAtOnceDoNotOverrunIt() throws IOException {
        var ann = new Mailbox("ann", "example.net");
        quota(100, 2);
        var space = new MaildirSpace(new LocalConfig(root, "mx.example.org", 8), users, clock::nanos);
        var first = space.reserve(ann, 60).orElseThrow();
        assertThat(space.reserve(ann, 60)).as("octets").isEmpty();
        var second = space.reserve(ann, 10).orElseThrow();
        assertThat(space.reserve(ann, 1)).as("messages").isEmpty();
        assertThat(space.isFull(ann, 1)).isTrue();
        second.filled(10);
        second.close();
        second.close();
        first.close();
        assertThat(space.reserve(ann, 100)).as("all was given back").isPresent();
        assertThat(space.isFull(new Mailbox("bob", "example.net"), 1L << 40)).as("no quota").isFalse();
    }

    @Test void aMailboxOfNothingTakesNothing() throws IOException, InterruptedException {
        quota(1, Quota.UNLIMITED);
        assertThat(deliver("x\r\n", "ann")).singleElement().isInstanceOf(Outcome.Deferred.class);
        quota(Quota.UNLIMITED, 0);
        assertThat(deliver("x\r\n", "ann")).singleElement().isInstanceOf(Outcome.Deferred.class);
        assertThat(maildir("ann").resolve("new")).isEmptyDirectory();
    }
}
