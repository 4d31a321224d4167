package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.config.Problem;

/** The database opens while the configuration is read. */
class ServerTest {

    private static final EarlyStart.Log NO_LOG = _ -> { };

    @TempDir private Path home;

    @BeforeEach void nothingConfigured() throws IOException {
        Files.createDirectories(home.resolve("conf"));
        Files.createDirectories(home.resolve("data"));
    }

    @Test void aWrongConfigurationLeavesNoDatabaseOpen() {
        assertThatThrownBy(() -> Server.started(new Home(home), NO_LOG)).isInstanceOf(ConfigException.class);
        assertThat(home.resolve("data/database/service.properties")).exists();
        assertThat(home.resolve("data/database/db.lck")).doesNotExist();
    }

    @Test void whatIsWrongWithTheLogIsToldWithTheRest() {
        assertThatThrownBy(() -> Server.started(new Home(home), problems -> problems.add("logback.xml", 3, "odd")))
            .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .contains(new Problem("logback.xml", 3, "odd"))
                .anySatisfy(other -> assertThat(other.file()).isEqualTo("dns.xml")));
    }

    @Test void aLogThatCannotBeOpenedEndsTheStart() {
        assertThatThrownBy(() -> Server.started(new Home(home), _ -> {
            throw new IOException("no place for it");
        })).hasMessage("no place for it");
        assertThat(home.resolve("data/database/db.lck")).doesNotExist();
    }

    @Test void whatIsWrongWithBothIsKept() throws IOException {
        Files.writeString(home.resolve("data/database"), "no directory");
        assertThatThrownBy(() -> Server.started(new Home(home), NO_LOG)).isInstanceOf(ConfigException.class)
            .satisfies(e -> assertThat(e.getSuppressed()).singleElement().satisfies(
                database -> assertThat(database).hasMessageContaining("data/database cannot be opened")));
    }
}
