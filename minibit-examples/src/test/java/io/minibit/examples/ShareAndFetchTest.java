package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ShareAndFetchTest {
  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void theCopyEqualsTheFile(@TempDir Path temp) throws Exception {
    byte[] content = new byte[300_001];
    new Random(1).nextBytes(content);
    Path file = Files.createDirectory(temp.resolve("shared")).resolve("data.bin");
    Files.write(file, content);
    ShareAndFetch.main(new String[] {file.toString(), temp.resolve("fetched").toString()});
    assertArrayEquals(content, Files.readAllBytes(temp.resolve("fetched/data.bin")));
  }
}
