package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlPortTest {
  private final StopSignal stop = new StopSignal();

  private ControlPort port;

  @BeforeEach
  void open() throws IOException {
    port = ControlPort.open(() -> "3 of 5 blocks", stop::request);
  }

  @AfterEach
  void close() throws IOException {
    port.close();
  }

  private ProcessEntry entry(String token) {
    return new ProcessEntry(Path.of("none"), "peer_1", 1, -1, port.port(), token, "");
  }

  /** What comes back for these bytes until the other side has had enough. */
  private String send(String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  @Test
  void whoKnowsTheTokenIsAnswered() {
    assertEquals("3 of 5 blocks", ControlPort.ask(entry(port.token()), ControlPort.STATUS));
    assertFalse(stop.isRequested());
  }

  @Test
  void whoKnowsTheTokenMayStopTheProcess() {
    assertEquals("", ControlPort.ask(entry(port.token()), ControlPort.STOP));
    ControlPort.ask(entry(port.token()), ControlPort.STATUS); // answered after the order was carried out
    assertTrue(stop.isRequested());
  }

  @Test
  void whoDoesNotKnowTheTokenIsNotAnswered() throws IOException {
    assertNull(ControlPort.ask(entry("0".repeat(64)), ControlPort.STOP));
    assertEquals("", send("stop\n"));
    assertEquals("", send(" stop\n"));
    assertEquals("", send(""));
    assertFalse(stop.isRequested());
  }

  @Test
  void anUnknownOrderIsNotAnswered() {
    assertNull(ControlPort.ask(entry(port.token()), "dance"));
  }

  @Test
  void theNextOneIsServedAfterSomebodyWhoOnlyConnected() throws IOException {
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      assertTrue(silent.isConnected());
    }
    assertEquals("3 of 5 blocks", ControlPort.ask(entry(port.token()), ControlPort.STATUS));
  }

  @Test
  void aClosedPortIsNobody() throws IOException {
    ProcessEntry entry = entry(port.token());
    port.close();
    assertNull(ControlPort.ask(entry, ControlPort.STATUS));
  }
}
