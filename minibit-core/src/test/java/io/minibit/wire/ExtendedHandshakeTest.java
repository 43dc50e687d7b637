package io.minibit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.minibit.model.PeerAddress;
import io.minibit.model.SeededRandom;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtendedHandshakeTest {
  private static final PeerAddress RECEIVER = PeerAddress.of(new byte[] {10, 0, 0, 7}, 6881);

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static ExtendedHandshake decoded(String bencoded) {
    return ExtendedHandshake.decode(latin1(bencoded));
  }

  private static ExtendedHandshake withClient(String client) {
    byte[] name = client.getBytes(StandardCharsets.UTF_8);
    return decoded("d1:v" + name.length + ":" + new String(name, StandardCharsets.ISO_8859_1) + "e");
  }

  @Test
  void oursIsCanonicalBencoding() {
    byte[] payload = ExtendedHandshake.ours("MiniBit 0.1", 2000, 6881, RECEIVER).encode();

    assertEquals(
        "d1:mde1:pi6881e4:reqqi2000e1:v11:MiniBit 0.16:yourip4:\n\0\0\u0007e",
        new String(payload, StandardCharsets.ISO_8859_1));
  }

  @Test
  void isReadAsItWasWritten() {
    ExtendedHandshake all =
        new ExtendedHandshake("Größe 1.0", 250, 65535, RECEIVER, new TreeMap<>(Map.of("ut_pex", 1, "ut_x", 0)));
    ExtendedHandshake nothing = ExtendedHandshake.ours("", 0, 0, null);
    ExtendedHandshake ipv6 = ExtendedHandshake.ours("", 0, 0, PeerAddress.of(new byte[16], 1));

    assertEquals(all, ExtendedHandshake.decode(all.encode()));
    assertEquals(nothing, ExtendedHandshake.decode(nothing.encode()));
    assertEquals(ipv6, ExtendedHandshake.decode(ipv6.encode()));
  }

  @Test
  void readsWhatAnotherClientSays() {
    ExtendedHandshake said =
        decoded(
            "d12:complete_agoi3e1:md11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei31235e4:reqqi500e"
                + "1:v17:libtorrent/2.0.116:yourip4:\u007f\0\0\1e");

    assertEquals("libtorrent/2.0.11", said.client());
    assertEquals(500, said.requestQueue());
    assertEquals(0, said.listenPort());
    assertEquals(PeerAddress.of(new byte[] {127, 0, 0, 1}, 0), said.receiver());
    assertEquals(Map.of("ut_metadata", 2, "ut_pex", 1), said.extensions());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "de",
        "d1:mi1e1:p2:aa4:reqqle1:vi1e6:youripdee",
        "d1:pi65536e4:reqqi-1e6:yourip5:abcdee",
        "d1:pi-1e4:reqqi0e6:yourip0:e",
        "d1:md1:ai256e1:bi-1e1:c1:xee"
      })
  void whatMakesNoSenseCountsAsNotSaid(String bencoded) {
    assertEquals(ExtendedHandshake.ours("", 0, 0, null), decoded(bencoded));
  }

  @Test
  void sloppyWritersAreUnderstood() {
    assertEquals("a", decoded("d1:v1:a1:mdeetrailing").client());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "d", "i1e", "le", "4:spam", "d1:v99:xe", "d1:vi01ee", "nonsense"})
  void badBencodingBreaksTheProtocol(String bencoded) {
    assertThrows(ProtocolException.class, () -> decoded(bencoded));
  }

  @Test
  void nestingWithoutEndBreaksTheProtocol() {
    assertThrows(ProtocolException.class, () -> decoded("d1:m" + "l".repeat(100_000)));
  }

  @ParameterizedTest
  @CsvSource({"65536, 65536", "65537, 65536", "9223372036854775807, 65536", "1, 1"})
  void theRequestQueueIsBounded(long said, int kept) {
    assertEquals(kept, decoded("d4:reqqi" + said + "ee").requestQueue());
  }

  @Test
  void theClientsNameIsFitForATerminal() {
    assertEquals("[31mred", withClient("\u001b[31mred\u0007\n").client());
    assertEquals("abc", withClient("a\u202eb\u200bc\u009b").client());
    assertEquals("µTorrent 3.5", withClient(" µTorrent 3.5 ").client());
    assertEquals("x".repeat(64), withClient("x".repeat(1000)).client());
    assertEquals("\uD83D\uDE00".repeat(64), withClient("\uD83D\uDE00".repeat(65)).client());
    assertEquals("\ufffd", decoded("d1:v1:\u00ffe").client());
  }

  @Test
  void onlySoManyExtensionsAreKept() {
    StringBuilder many = new StringBuilder("d1:md");
    for (int i = 100; i < 300; i++) {
      many.append("3:").append(i).append("i1e");
    }

    assertEquals(64, decoded(many.append("ee").toString()).extensions().size());
  }

  @Test
  void anIpThatIsNotSaidIsNull() {
    assertNull(decoded("de").receiver());
  }

  @Test
  void randomBytesAreReadOrRefusedAndNeverAnythingElse() {
    SeededRandom random = new SeededRandom(3);
    byte[] alphabet = latin1("dlie:0123456789-mpvreqyourip\0\u00ff");
    byte[] bytes = new byte[24];
    for (int i = 0; i < 100_000; i++) {
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = at == 0 ? (byte) 'd' : alphabet[random.nextInt(alphabet.length)];
      }
      try {
        ExtendedHandshake.decode(bytes);
      } catch (ProtocolException e) {
        // the only way to fail
      }
    }
  }
}
