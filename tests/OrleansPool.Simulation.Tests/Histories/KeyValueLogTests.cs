using OrleansPool.Simulation.Histories;
using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Tests.Histories;

public sealed class KeyValueLogTests
{
    private const long Never = HistoryOperation<KeyValueInput, string>.Never;

    [Fact]
    public void Answers_are_paired_with_their_invocations() =>
        Assert.Equal(
            [
                new(0, new(KeyValueOperation.Append, "k", "x 0"), "", 1, 3),
                new(1, new(KeyValueOperation.Get, "k"), "x 0", 2, 4),
                new(1, new(KeyValueOperation.Put, "k", ""), "", 5, 6),
            ],
            Parse(
                """{:process 0, :type :invoke, :f :append, :key "k", :value "x 0"}""",
                """{:process 1, :type :invoke, :f :get, :key "k", :value nil}""",
                """{:process 0, :type :ok, :f :append, :key "k", :value "x 0"}""",
                """{:process 1, :type :ok, :f :get, :key "k", :value "x 0"}""",
                """ { :f :put :key "k" :value "" :type :invoke :process 1 } """,
                """{:process 1, :type :ok, :f :put, :key "k", :value "", :time 12}"""));

    [Fact]
    public void Strings_may_hold_quotes_and_backslashes() =>
        Assert.Equal(
            """a"\b,}""",
            Parse("""{:process 0, :type :invoke, :f :put, :key "k", :value "a\"\\b,}"}""").Single().Input.Value);

    [Fact]
    public void A_refusal_is_left_out_and_no_answer_is_unknown() =>
        Assert.Equal(
            [new(1, new(KeyValueOperation.Put, "k", "1"), null!, 3, Never), new(2, new(KeyValueOperation.Put, "k", "2"), null!, 5, Never)],
            Parse(
                """{:process 0, :type :invoke, :f :put, :key "k", :value "0"}""",
                """{:process 0, :type :fail, :f :put, :key "k", :value "0"}""",
                """{:process 1, :type :invoke, :f :put, :key "k", :value "1"}""",
                """{:process 1, :type :info, :f :put, :key "k", :value :timed-out}""",
                """{:process 2, :type :invoke, :f :put, :key "k", :value "2"}""",
                """{:process 3, :type :invoke, :f :get, :key "k", :value nil}"""));

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("x")]
    [InlineData("""{:process 0, :type :invoke, :f :get, :key "k"}""")]
    [InlineData("""{:process -1, :type :invoke, :f :get, :key "k", :value nil}""")]
    [InlineData("""{:process 0, :type :invoke, :f :delete, :key "k", :value nil}""")]
    [InlineData("""{:process 0, :type :began, :f :get, :key "k", :value nil}""")]
    [InlineData("""{:process 0, :type :invoke, :f :get, :key nil, :value nil}""")]
    [InlineData("""{:process 0, :type :invoke, :f :put, :key "k", :value nil}""")]
    [InlineData("""{:process 0, :type :invoke, :f :put, :key "k", :value "x}""")]
    [InlineData("""{:process 0, :type :invoke, :f :put, :key "k", :value "\x"}""")]
    [InlineData("""{:process 0, :process 0, :type :invoke, :f :get, :key "k", :value nil}""")]
    [InlineData("""{:process 0, :type :invoke, :f :get, :key "k", :value nil} more""")]
    [InlineData("""{:process 0, :type :ok, :f :get, :key "k", :value nil}""")]
    [InlineData("""{:process 5, :type :invoke, :f :get, :key "k", :value nil}""")]
    [InlineData("""{:process 5, :type :ok, :f :put, :key "k", :value "2"}""")]
    [InlineData("""{:process 5, :type :ok, :f :get, :key "k", :value "2"}""")]
    public void A_malformed_line_is_named(string line)
    {
        HistoryFormatException wrong = Assert.Throws<HistoryFormatException>(
            () => Parse("""{:process 5, :type :invoke, :f :put, :key "k", :value "1"}""", line));
        Assert.Equal(("a.txt", 2), (wrong.File, wrong.Line));
    }

    private static IReadOnlyList<HistoryOperation<KeyValueInput, string>> Parse(params string[] lines) => KeyValueLog.Parse("a.txt", lines);
}
