package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AnswerTimeTest {
  private static final long MILLISECOND = 1_000_000L;

  private long now;
  private int block;
  private final AnswerTime answers = new AnswerTime(0);

  /** With {@code outstanding} requests the answer to the last of them takes so long. */
  private int mostAfter(int outstanding, long milliseconds) {
    answers.onAsked(now, 0, ++block, outstanding);
    now += milliseconds * MILLISECOND;
    answers.onAnswered(now, 0, block);
    return answers.most();
  }

  @Test
  void nothingIsKnownBeforeTheFirstAnswer() {
    answers.onAsked(0, 0, 0, 1);
    answers.onAsked(0, 0, 1, 2);
    answers.onAnswered(90 * MILLISECOND, 0, 1);
    assertEquals(Integer.MAX_VALUE, answers.most());
  }

  @Test
  void whatOnlyWaitsIsNotAskedFor() {
    mostAfter(1, 1);
    assertEquals(100, mostAfter(400, 80));
    assertEquals(AnswerTime.LEAST, mostAfter(400, 8_000));
  }

  @Test
  void aLongWayIsKeptFull() {
    assertTrue(mostAfter(4, 600) >= 16);
    assertTrue(mostAfter(40, 600) >= 160);
    assertEquals(160, mostAfter(160, 2_400));
  }

  @Test
  void aWayThatBecomesLongerIsLearnt() {
    mostAfter(1, 10);
    assertEquals(50, mostAfter(500, 400));
    for (int i = 0; i < 60; i++) {
      mostAfter(50, 400);
    }
    assertEquals(200, mostAfter(50, 400));
  }

  @Test
  void aRequestThatIsNeverAnsweredIsForgotten() {
    answers.onAsked(now, 0, 1, 400);
    block = 1;
    mostAfter(1, 1);
    assertEquals(100, mostAfter(400, 80));
  }
}
