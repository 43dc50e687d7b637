package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.MiniBitException;
import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that does nothing but store pieces and note that they are verified is killed again and again: what it leaves is
 * never torn and never says more than what is there. {@code -Dkills=200} kills more often than every build has time for.
 */
@Timeout(900)
class ResumeKillIT {
  private static final int KILLS = Integer.getInteger("kills", 8);
  private static final int PIECES = 400;
  private static final int PIECE = 16 << 10;

  @TempDir Path temp;

  private static byte[] content() {
    byte[] content = new byte[PIECES * PIECE];
    new SeededRandom(1).nextBytes(content);
    return content;
  }

  private static Metainfo metainfo() throws IOException {
    return MetainfoBuilder.ofBytes("file.bin", content()).pieceLength(PIECE).build();
  }

  /** The program that is killed. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      SeededRandom random = new SeededRandom(Long.parseLong(arguments[1]));
      byte[] content = content();
      Metainfo metainfo = metainfo();
      ResumeFile resume = ResumeFile.beside(directory, metainfo);
      System.out.println("running");
      while (true) {
        try (FilePieceStore store = FilePieceStore.open(metainfo, directory)) {
          BitSet held = store.claimed();
          BitSet remembered = load(resume, metainfo, store);
          held.and(remembered);
          for (int piece = held.nextClearBit(0); piece < PIECES; piece = held.nextClearBit(piece + 1)) {
            store.write(piece, new ByteBuffer[] {ByteBuffer.wrap(content, piece * PIECE, PIECE)});
            held.set(piece);
            boolean durable = random.nextInt(8) == 0;
            if (durable) {
              store.flush();
            }
            resume.save(metainfo, held, store.fingerprint(), durable);
          }
        }
        Files.delete(directory.resolve("file.bin"));
        if (random.nextInt(2) == 0) {
          resume.delete();
        }
      }
    }
  }

  /** Nothing if it does not count; it must never be damaged. */
  private static BitSet load(ResumeFile resume, Metainfo metainfo, FilePieceStore store) throws IOException {
    try {
      BitSet remembered = resume.load(metainfo, store.fingerprint());
      return remembered == null ? new BitSet() : remembered;
    } catch (MiniBitException e) {
      if (!String.valueOf(e.getMessage()).contains("the content has changed since")) {
        throw e;
      }
      return new BitSet();
    }
  }

  @Test
  void whatIsNotedIsNeverTornAndAlwaysThere() throws Exception {
    SeededRandom random = new SeededRandom(2);
    Metainfo metainfo = metainfo();
    Path directory = Files.createDirectory(temp.resolve("content"));
    ResumeFile resume = ResumeFile.beside(directory, metainfo);
    int inTheMiddle = 0;
    int remembering = 0;
    for (int i = 0; i < KILLS; i++) {
      Path said = temp.resolve("said");
      Process victim =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                  Victim.class.getName(), directory.toString(), String.valueOf(i))
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        awaitRunning(victim, said);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
      } finally {
        assertTrue(victim.isAlive(), Files.readString(said));
        victim.destroyForcibly().waitFor();
      }
      inTheMiddle += Files.exists(resume.path().resolveSibling(resume.path().getFileName() + ".new")) ? 1 : 0;
      try (FilePieceStore store = FilePieceStore.open(metainfo, directory)) {
        BitSet claims = store.claimed();
        claims.and(load(resume, metainfo, store));
        remembering += claims.isEmpty() ? 0 : 1;
        claims.andNot(new PieceVerifier(metainfo, store).verify(Runnable::run, 1, (piece, good) -> {}, () -> false));
        assertEquals(new BitSet(), claims, "noted, but not there");
      }
    }
    System.out.println(KILLS + " kills, " + inTheMiddle + " in the middle of a note, " + remembering + " notes counted");
  }

  private static void awaitRunning(Process victim, Path said) throws IOException, InterruptedException {
    for (int i = 0; i < 3000; i++) {
      if (Files.readString(said).contains("running")) {
        return;
      }
      if (!victim.isAlive()) {
        fail(Files.readString(said));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    fail("does not start: " + Files.readString(said));
  }
}
