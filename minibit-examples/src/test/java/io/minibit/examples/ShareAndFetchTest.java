package io.minibit.examples;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShareAndFetchTest {
  @Test
  void theCopyEqualsTheFile(@TempDir Path temp) throws Exception {
    Path file = Content.file(temp, "data.bin", 300_001);
    ShareAndFetch.main(new String[] {file.toString(), temp.resolve("fetched").toString()});
    Content.assertSame(file, temp.resolve("fetched/data.bin"));
  }
}
