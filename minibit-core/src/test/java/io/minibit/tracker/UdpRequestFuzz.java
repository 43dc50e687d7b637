package io.minibit.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzInput;
import io.minibit.fuzz.FuzzTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Packets of any kind to a tracker over UDP, some with a right connection id: what asks properly is answered. */
public final class UdpRequestFuzz implements FuzzTarget {
  private static final long PROTOCOL = 0x41727101980L;
  private static final int ANNOUNCE = 1;
  private static final int SCRAPE = 2;
  private static final int ERROR = 3;
  private static final int SILENT_MILLIS = 10_000;

  /** Of the question that follows each packet: its answer says that the packet has been dealt with. */
  private static final int SENTINEL = 0x5e471e1;

  private final TrackerServer server;
  private final DatagramSocket socket;
  private final byte[] buffer = new byte[4096];

  public UdpRequestFuzz() {
    try {
      server = TrackerServer.builder(MemoryTracker.builder().maxSwarms(50).build())
          .udp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .build();
      socket = new DatagramSocket();
      socket.connect(server.udpAddress());
      socket.setSoTimeout(SILENT_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<byte[]> seeds() {
    byte[] announce = new byte[1 + 98];
    announce[0] = 1;
    ByteBuffer.wrap(announce).putInt(9, ANNOUNCE).putInt(13, 77).putInt(1 + 80, 2).putInt(1 + 92, -1);
    byte[] scrape = new byte[1 + 16 + 40];
    scrape[0] = 1;
    ByteBuffer.wrap(scrape).putInt(9, SCRAPE);
    byte[] connect = new byte[1 + 16];
    ByteBuffer.wrap(connect).putLong(1, PROTOCOL);
    return List.of(announce, scrape, connect, Arrays.copyOf(announce, 130));
  }

  @Override
  public void run(byte[] input) throws IOException {
    FuzzInput in = new FuzzInput(input);
    boolean connected = in.below(2) == 1;
    byte[] packet = in.rest();
    if (packet.length > 4000) {
      return;
    }
    if (connected && packet.length >= 16) {
      ByteBuffer.wrap(packet).putLong(0, connect().getLong(8));
    }
    send(packet);
    send(ByteBuffer.allocate(16).putLong(PROTOCOL).putInt(0).putInt(SENTINEL).array());
    ByteBuffer reply = receive();
    boolean question = packet.length >= 16
        && (ByteBuffer.wrap(packet).getInt(8) == ANNOUNCE || ByteBuffer.wrap(packet).getInt(8) == SCRAPE);
    if (isSentinel(reply)) {
      assertFalse(question, "an announce or a scrape was not answered");
      return;
    }
    assertTrue(isSentinel(receive()), "one packet, two answers");
    assertTrue(packet.length >= 16 && reply.remaining() >= 8 && reply.remaining() <= 1500);
    assertEquals(ByteBuffer.wrap(packet).getInt(12), reply.getInt(4));
    int action = reply.getInt(0);
    assertTrue(action == ERROR || action == ByteBuffer.wrap(packet).getInt(8), () -> "answered by " + action);
    String text = StandardCharsets.ISO_8859_1.decode(reply.duplicate()).toString();
    assertFalse(action == ERROR && text.contains("internal error"), text);
  }

  private ByteBuffer connect() throws IOException {
    send(ByteBuffer.allocate(16).putLong(PROTOCOL).putInt(0).putInt(1).array());
    return receive();
  }

  private static boolean isSentinel(ByteBuffer reply) {
    return reply.remaining() == 16 && reply.getInt(0) == 0 && reply.getInt(4) == SENTINEL;
  }

  private void send(byte[] packet) throws IOException {
    socket.send(new DatagramPacket(packet, packet.length));
  }

  private ByteBuffer receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    socket.receive(packet);
    return ByteBuffer.wrap(Arrays.copyOf(buffer, packet.getLength()));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
