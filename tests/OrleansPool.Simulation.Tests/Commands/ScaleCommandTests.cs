using System.Text.Json;
using OrleansPool.Simulation.Commands;

namespace OrleansPool.Simulation.Tests.Commands;

public sealed class ScaleCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Fact]
    public void A_cluster_of_thirty_silos_costs_what_one_of_three_does()
    {
        Assert.Equal(ExitCode.Ok, Run("--silos", "30"));
        using JsonDocument summary = JsonDocument.Parse(_output.ToString().TrimEnd().Split('\n')[^1]);
        Assert.True(summary.RootElement.GetProperty("holds").GetBoolean());
        Assert.Equal([3, 10, 30], summary.RootElement.GetProperty("background").EnumerateArray().Select(size => size.GetProperty("silos").GetInt32()));
        int counted = summary.RootElement.GetProperty("operationsCounted").GetInt32();
        Assert.Equal(counted, summary.RootElement.GetProperty("operationsAsDue").GetInt32());
        Assert.InRange(counted, 3 * 3 * 8, int.MaxValue);
    }

    [Theory]
    [InlineData("There is no option '--nodes'", "--nodes", "30")]
    [InlineData("--silos needs a number", "--silos")]
    [InlineData("Usage: OrleansPool.Simulation scale", "--silos", "5")]
    [InlineData("Usage: OrleansPool.Simulation scale", "--silos", "5000000")]
    public void What_it_does_not_understand_it_does_not_run(string said, params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, Run(arguments));
        Assert.Contains(said, _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    private int Run(params string[] arguments) => new ScaleCommand().Run(arguments, _output, _errors);
}
