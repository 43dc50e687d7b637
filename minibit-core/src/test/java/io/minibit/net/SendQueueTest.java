package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.wire.MessageReader;
import io.minibit.wire.MessageType;
import io.minibit.wire.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SendQueueTest {
  private static final int BLOCK = 16384;

  private final byte[] content = Loopback.content(4 * BLOCK);
  private final Slabs slabs = new Slabs(1 << 20);
  private final FreshPieces fresh = new FreshPieces(slabs, content.length);
  private Loop loop;
  private SendQueue queue;

  @BeforeEach
  void open() throws Exception {
    loop = new Loop("send-queue");
    queue = new SendQueue(new BlockReads(loop, ByteBuffer::allocate, 1 << 20, BLOCK), fresh);
    PieceMemory memory = slabs.take(content.length);
    for (int b = 0; b < 4; b++) {
      memory.put(b * BLOCK, ByteBuffer.wrap(content, b * BLOCK, BLOCK), BLOCK);
    }
    fresh.keep(this, 0, memory);
  }

  @AfterEach
  void close() throws Exception {
    loop.abandon();
  }

  /** Takes so many bytes at a time, and then says that it is full. */
  private static final class Narrow implements GatheringByteChannel {
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final int most;

    Narrow(int most) {
      this.most = most;
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) {
      int left = most;
      for (int i = offset; i < offset + length; i++) {
        while (left > 0 && buffers[i].hasRemaining()) {
          taken.write(buffers[i].get());
          left--;
        }
      }
      long written = most;
      return written - left;
    }

    @Override
    public long write(ByteBuffer[] buffers) {
      return write(buffers, 0, buffers.length);
    }

    @Override
    public int write(ByteBuffer buffer) {
      return (int) write(new ByteBuffer[] {buffer}, 0, 1);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private void freshBlock(int block) {
    FreshPieces.Piece piece = fresh.find(this, 0, block * BLOCK, BLOCK);
    assertNotNull(piece);
    queue.block(piece, 0, block * BLOCK, BLOCK);
  }

  private void frames(int block) {
    ByteBuffer frames = ByteBuffer.allocate(2 * (MessageWriter.PIECE_HEADER + BLOCK));
    for (int b = block; b < block + 2; b++) {
      MessageWriter.pieceHeader(frames, 0, b * BLOCK, BLOCK);
      frames.put(content, b * BLOCK, BLOCK);
    }
    queue.blocks(frames.flip());
  }

  private void have(int piece) {
    queue.message(MessageType.HAVE, MessageType.size(MessageType.HAVE), piece, 0, 0);
  }

  private List<String> read(byte[] sent) {
    MessageReader reader = new MessageReader(100, true, BLOCK);
    ByteBuffer in = ByteBuffer.wrap(sent);
    List<String> messages = new ArrayList<>();
    for (int type = reader.next(in); type != MessageType.NEED_MORE; type = reader.next(in)) {
      if (type == MessageType.PIECE) {
        byte[] payload = new byte[reader.payloadRemaining()];
        assertEquals(payload.length, reader.takePayload(in, ByteBuffer.wrap(payload)));
        byte[] right = new byte[payload.length];
        System.arraycopy(content, reader.b(), right, 0, right.length);
        assertArrayEquals(right, payload);
        messages.add("block " + reader.b() / BLOCK);
      } else {
        messages.add(MessageType.name(type) + " " + reader.a());
      }
    }
    assertTrue(!in.hasRemaining(), "whole messages");
    return messages;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 13, 16397, 40_000, 1 << 20})
  void everythingLeavesInItsOrderAndPayloadIsCounted(int atATime) throws IOException {
    have(1);
    freshBlock(2);
    have(2);
    have(3);
    frames(0);
    freshBlock(3);
    freshBlock(0);
    have(4);
    Narrow channel = new Narrow(atATime);
    int payload = 0;
    while (!queue.isEmpty()) {
      payload += queue.writeTo(channel);
      assertTrue(queue.takeProgress());
    }
    assertEquals(5 * BLOCK, payload);
    assertEquals(0, queue.controlBytes());
    assertEquals(
        List.of("have 1", "block 2", "have 2", "have 3", "block 0", "block 1", "block 3", "block 0", "have 4"),
        read(channel.taken.toByteArray()));
  }

  @Test
  void messagesThatWaitAreCounted() {
    have(1);
    freshBlock(0);
    have(2);
    assertEquals(2 * MessageType.size(MessageType.HAVE) + MessageWriter.PIECE_HEADER, queue.controlBytes());
  }

  @Test
  void whatIsNotSentIsGivenBack() {
    freshBlock(0);
    freshBlock(1);
    queue.close();
    assertTrue(queue.isEmpty());
    fresh.forget(this);
    // There is room for one piece, which is taken as long as a block of another is on its way.
    fresh.keep(this, 1, slabs.take(content.length));
    assertNotNull(fresh.find(this, 1, 0, BLOCK));
  }
}
