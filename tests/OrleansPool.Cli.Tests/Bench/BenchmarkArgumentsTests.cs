using OrleansPool.Benchmarks;

namespace OrleansPool.Cli.Tests.Bench;

public sealed class BenchmarkArgumentsTests
{
    [Fact]
    public void Options_stand_anywhere_and_words_keep_their_order()
    {
        BenchmarkArguments arguments = BenchmarkArguments.Parse(["one", "--quick", "--json", "file", "two", "--only", "4 KiB read"]);

        Assert.True(arguments.Quick);
        Assert.Equal("file", arguments.JsonPath);
        Assert.Equal("4 KiB read", arguments.Only);
        Assert.Equal(["one", "two"], arguments.Words);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--only")]
    [InlineData("--only", "--quick")]
    [InlineData("--nonsense")]
    [InlineData("-q")]
    public void What_is_wrong_is_named(params string[] args) =>
        Assert.Contains(args[0], Assert.Throws<BenchmarkUsageException>(() => BenchmarkArguments.Parse(args)).Message, StringComparison.Ordinal);
}
