package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinuxVolumeTest {

    @ParameterizedTest
    @CsvSource({"Linux,5.17,true", "Linux,5.16.19,false", "Linux,5.10.0-28-amd64,false", "Linux,5.19.0,true",
        "Linux,6.1.0,true", "Linux,6.18.44-x,true", "Linux,4.19.0,false", "Linux,10.0,true", "Linux,5,false",
        "Linux,'',false", "Linux,x.y,false", "Mac OS X,14.1,false", "FreeBSD,14.1,false"})
    void onlyANewKernelTellsOfFailedWrites(String system, String version, boolean tells) {
        assertThat(LinuxVolume.tellsOfFailures(system, version)).isEqualTo(tells);
    }

    @Test void aKnownFileSystemCanBeForcedAsAWhole(@TempDir Path directory) throws IOException {
        assumeThat(Files.getFileStore(directory).type()).isIn("ext4", "xfs");
        Files.writeString(directory.resolve("file"), "text");
        var volume = LinuxVolume.open(directory);
        assertThat(volume).isPresent();
        volume.get().force();
    }

    @Test void oneThatNeedNotWaitForTheDiskCannot() throws IOException {
        var memory = Path.of("/dev/shm");
        assumeThat(memory).isDirectory();
        assertThat(LinuxVolume.open(memory)).isEmpty();
    }

    @Test void aDiskGivesTheSameForAllDirectoriesOfAFileSystem(@TempDir Path directory) throws IOException {
        assumeThat(Files.getFileStore(directory).type()).isIn("ext4", "xfs");
        var disk = Disk.real();
        var other = Files.createDirectory(directory.resolve("other"));
        assertThat(disk.volume(directory)).isPresent();
        assertThat(disk.volume(other).get()).isSameAs(disk.volume(directory).get());
    }
}
