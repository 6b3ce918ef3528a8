using OrleansPool.Simulation.Histories;
using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Tests.Histories;

public sealed class JepsenRegisterLogTests
{
    private const long Never = HistoryOperation<RegisterInput, RegisterOutput>.Never;

    [Fact]
    public void Answers_are_paired_with_their_invocations() =>
        Assert.Equal(
            [
                new(1, new(RegisterOperation.Write, 4), new(true), 2, 3),
                new(0, new(RegisterOperation.Read), new(true), 1, 4),
                new(0, new(RegisterOperation.Read), new(true, -4), 5, 6),
            ],
            Parse("0 :invoke :read nil", "1 :invoke :write 4", "1 :ok :write 4", "0 :ok :read nil", "0 :invoke :read nil", "0 :ok :read -4"));

    [Fact]
    public void A_failed_cas_of_two_values_is_an_answer() =>
        Assert.Equal(
            [new(0, new(RegisterOperation.CompareExchange, 2, 1), new(false), 1, 2), new(0, new(RegisterOperation.CompareExchange, 3, 2), new(true), 3, 4)],
            Parse("0 :invoke :cas [1 2]", "0 :fail :cas [1 2]", "0 :invoke :cas [2 3]", "0 :ok :cas [2 3]"));

    [Fact]
    public void What_failed_otherwise_and_a_read_without_an_answer_have_no_effect() =>
        Assert.Empty(
            Parse(
                "0 :invoke :read nil", "0 :fail :read :timed-out", "1 :invoke :write 1", "1 :fail :write :refused", "2 :invoke :read nil",
                "3 :invoke :read nil", "3 :info :read :timed-out", "4 :invoke :cas [1 2]", "4 :fail :cas :refused"));

    [Fact]
    public void A_timeout_and_a_missing_answer_are_unknown() =>
        Assert.Equal(
            [new(0, new(RegisterOperation.Write, 1), default, 1, Never), new(1, new(RegisterOperation.CompareExchange, 2, 1), default, 3, Never)],
            Parse("0 :invoke :write 1", "0 :info :write :timed-out", "1 :invoke :cas [1 2]"));

    [Fact]
    public void Other_loggers_blank_lines_and_other_white_space_are_passed_over()
    {
        string[] lines =
        [
            "", "2014-01-01 12:00:00,1 INFO  jepsen.core - Running test", "WARN knossos.core - slow", "INFO jepsen.util - :nemesis :info :start nil",
            "INFO  jepsen.util - 0\t:invoke\t:cas\t[1, 2]\r", "INFO  jepsen.util - 0   :ok :cas [1 2]  ",
        ];
        Assert.Equal((5, 6), (JepsenRegisterLog.Parse("f", lines).Single().InvokedAt, JepsenRegisterLog.Parse("f", lines).Single().ReturnedAt));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0 :invoke :read")]
    [InlineData("0 :invoke :read 3")]
    [InlineData("0 :invoke :delete 3")]
    [InlineData("0 :began :write 3")]
    [InlineData("x :invoke :write 3")]
    [InlineData("99999999999 :invoke :write 3")]
    [InlineData("0 :invoke :write three")]
    [InlineData("0 :invoke :write 99999999999999999999")]
    [InlineData("0 :invoke :cas 3")]
    [InlineData("0 :invoke :cas [3]")]
    [InlineData("0 :invoke :cas [3 4")]
    [InlineData("0 :ok :write 3")]
    [InlineData("5 :invoke :read nil")]
    [InlineData("5 :ok :read nil")]
    [InlineData("5 :ok :write 2")]
    [InlineData("5 :ok :write :timed-out")]
    public void A_malformed_line_is_named(string line)
    {
        HistoryFormatException wrong = Assert.Throws<HistoryFormatException>(() => Parse("5 :invoke :write 1", line));
        Assert.Equal(("a.log", 2), (wrong.File, wrong.Line));
        Assert.StartsWith("a.log:2: ", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_cut_off_is_not_passed_over() =>
        Assert.Equal(1, Assert.Throws<HistoryFormatException>(() => JepsenRegisterLog.Parse("f", ["INFO  jepsen.ut"])).Line);

    [Fact]
    public void A_file_without_operations_is_malformed() => Assert.Throws<HistoryFormatException>(() => JepsenRegisterLog.Parse("f", ["INFO jepsen.core - hi"]));

    private static IReadOnlyList<HistoryOperation<RegisterInput, RegisterOutput>> Parse(params string[] events) =>
        JepsenRegisterLog.Parse("a.log", events.Select(one => $"INFO  jepsen.util - {one}"));
}
