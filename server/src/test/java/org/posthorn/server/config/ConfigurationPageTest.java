package org.posthorn.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.posthorn.server.app.ConfigFiles;

class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Path RENEWED = Path.of("target", "configuration.md");
    private static final String BORDER = "<!-- From here on made from conf/*.xsd: change it there. -->\n";

    @Test void thePageSaysWhatTheSchemasSay() throws IOException {
        var written = Files.readString(PAGE);
        var page = new ConfigurationPage();
        ConfigFiles.NAMES.stream().filter(name -> !name.equals("logback.xml")).forEach(page::file);
        var renewed = written.substring(0, written.indexOf(BORDER) + BORDER.length()) + page;
        Files.writeString(RENEWED, renewed);
        assertThat(written.equals(renewed))
            .as("docs/configuration.md is as conf/*.xsd say; to renew it: cp server/target/configuration.md docs/")
            .isTrue();
    }
}
