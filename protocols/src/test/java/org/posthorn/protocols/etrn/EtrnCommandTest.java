package org.posthorn.protocols.etrn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtrnCommandTest {

    private static final int FUZZ_SEED = 1985;

    @ParameterizedTest
    @CsvSource({
        "branch.example, branch.example", "BRANCH.Example, branch.example", "branch.example., branch.example",
        "xn--bcher-kva.example, xn--bcher-kva.example", "single, single", "@branch.example, @branch.example",
        "@Example., @example", "#night, #night", "#Night-2_b.c, #night-2_b.c"})
    void aNodeIsADomainATreeOrAQueue(String argument, String node) {
        assertThat(EtrnCommand.parse(argument)).isInstanceOfSatisfying(EtrnCommand.Start.class,
            start -> assertThat(start.node()).hasToString(node));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.example b.example", "@ a.example"})
    void oneArgumentIsExpected(String argument) {
        assertThat(EtrnCommand.parse(argument)).isInstanceOfSatisfying(EtrnCommand.Faulty.class,
            faulty -> assertThat(faulty.reply().code()).isEqualTo(500));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@", "#", "-bad-", "a..b", ".", "<x>", "a_b.example", "[127.0.0.1]", "[127.0.0.1",
        "ann@branch.example", "@@a.example", "#../etc", "##x", "a\tb", "b\u00fccher.example", "@#x",
        "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.example"})
    void whatIsNoNameIsRefused(String argument) {
        assertThat(EtrnCommand.parse(argument)).isInstanceOfSatisfying(EtrnCommand.Faulty.class,
            faulty -> assertThat(faulty.reply().code()).isEqualTo(501));
    }

    @Test void aTreeCoversItselfAndWhatIsBelowAndNothingElse() {
        var tree = new EtrnNode.Subtree("branch.example");
        assertThat(tree.covers("branch.example")).isTrue();
        assertThat(tree.covers("a.b.branch.example")).isTrue();
        assertThat(tree.covers("notbranch.example")).isFalse();
        assertThat(tree.covers("example")).isFalse();
        assertThat(new EtrnNode.Exact("branch.example").covers("a.branch.example")).isFalse();
    }

    @Test void anythingIsReadOrRefusedAndARefusalIsOneLine() {
        var random = new Random(FUZZ_SEED);
        var alphabet = "@#.-_aZ9 []<>:\t\u00e9\r\n\0";
        for (var i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            for (var length = random.nextInt(12); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            switch (EtrnCommand.parse(text.toString().strip())) {
                case EtrnCommand.Start(var node) -> assertThat(node.name()).matches("[a-z0-9]([a-z0-9._-]*)");
                case EtrnCommand.Faulty(var reply) -> assertThat(reply.code()).isIn(500, 501);
            }
        }
    }
}
