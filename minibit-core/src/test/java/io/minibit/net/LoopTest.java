package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoopTest {
  private final Loop loop;

  LoopTest() throws IOException {
    loop = new Loop("loop");
  }

  @BeforeEach
  void start() {
    loop.start();
  }

  @AfterEach
  @Timeout(30)
  void stop() throws InterruptedException {
    loop.stop();
    loop.join();
  }

  @Test
  void whatHasMoreToWriteEveryTimeKeepsNobodyWaiting() throws InterruptedException {
    // More than once: what is left for the next turn does not wait for anything else to happen.
    CountDownLatch begun = new CountDownLatch(3);
    Loop.Flushable endless = new Loop.Flushable() {
      @Override
      public void flush() {
        begun.countDown();
        loop.flushLater(this);
      }
    };
    loop.execute(() -> loop.flushLater(endless));
    assertTrue(begun.await(30, TimeUnit.SECONDS));
    CountDownLatch asked = new CountDownLatch(1);
    loop.execute(asked::countDown);
    assertTrue(asked.await(30, TimeUnit.SECONDS));
  }

  @Test
  void everythingIsWritten() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(1000);
    loop.execute(() -> {
      for (int i = 0; i < 1000; i++) {
        loop.flushLater(all::countDown);
      }
    });
    assertTrue(all.await(30, TimeUnit.SECONDS));
  }
}
