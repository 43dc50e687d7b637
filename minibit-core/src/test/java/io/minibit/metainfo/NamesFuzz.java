package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeList;
import io.minibit.bencode.BencodeValue;
import io.minibit.fuzz.FuzzInput;
import io.minibit.fuzz.FuzzTarget;
import io.minibit.model.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Torrents that are right but for their names, which are any bytes: the tree of files is as clean as ever. */
public final class NamesFuzz implements FuzzTarget {
  private static final List<String> TELLING = List.of(
      "..", ".", "", "a", "A", "a.1", "CON", "nul.txt", ".minibit", "a/b", "\\", "\u202e", "\u00e4", "a\u0308", "\u0130",
      "\u00df", "ss", "\ufb01", "fi", " . ", "x".repeat(250), "\ud83d\ude00".repeat(70), ".pad", "lpt\u00b9 ");

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    SeededRandom random = new SeededRandom(3);
    for (int i = 0; i < 40; i++) {
      ByteArrayOutputStream seed = new ByteArrayOutputStream();
      for (int words = 2 + random.nextInt(12); words > 0; words--) {
        byte[] word = TELLING.get(random.nextInt(TELLING.size())).getBytes(StandardCharsets.UTF_8);
        int length = Math.min(255, word.length);
        seed.write(random.nextInt(256));
        seed.write(length);
        seed.write(word, 0, length);
      }
      seeds.add(seed.toByteArray());
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    FuzzInput in = new FuzzInput(input);
    List<BencodeValue> files = new ArrayList<>();
    List<BencodeValue> path = new ArrayList<>();
    BencodeValue name = BencodeValue.of(name(in));
    while (!in.isOver() && files.size() < 64) {
      int flags = in.next();
      path.add(BencodeValue.of(name(in)));
      if ((flags & 1) == 0 || in.isOver()) {
        Map<String, BencodeValue> file = new LinkedHashMap<>();
        file.put("length", BencodeValue.of(files.isEmpty() ? 1 : flags >> 6));
        file.put((flags & 2) == 0 ? "path" : "path.utf-8", BencodeList.of(path));
        if ((flags & 28) == 28) {
          file.put("path", BencodeList.of(path));
          file.put("attr", BencodeValue.of((flags & 32) == 0 ? "p" : "l"));
        }
        files.add(BencodeDictionary.of(file));
        path = new ArrayList<>();
      }
    }
    Map<String, BencodeValue> info = new LinkedHashMap<>();
    info.put("name", name);
    info.put("piece length", BencodeValue.of(16384));
    info.put("pieces", BencodeValue.of(new byte[20]));
    info.put("files", BencodeList.of(files));
    byte[] torrent = BencodeDictionary.of(Map.of("info", BencodeDictionary.of(info))).rawBytes();
    try {
      MetainfoFuzz.check(Metainfo.parse(torrent));
    } catch (MetainfoException e) {
      assertTrue(String.valueOf(e.getMessage()).matches("[\\x20-\\x7e]{5,300}"), e.getMessage());
    }
  }

  private static byte[] name(FuzzInput in) {
    return in.take(in.next());
  }
}
