using System.Text.Json;
using OrleansPool.Simulation.Commands;
using OrleansPool.Simulation.Runs;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Tests.Commands;

public sealed class SoakCommandTests : IDisposable
{
    private static readonly string Moment = (1.0 / 3600).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("soak");
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string State => Path.Combine(_folder.FullName, "soak.json");

    [Fact]
    public void It_goes_on_where_it_stopped_and_no_seed_is_run_twice()
    {
        Assert.Equal(ExitCode.Ok, Run("--hours", Moment, "--state", State, "--threads", "2"));
        long first = Seeds();
        Assert.Equal(ExitCode.Ok, Run("--hours", Moment, "--state", State, "--threads", "2"));
        SoakState state = SoakState.Load(State, "");
        Assert.InRange(first, 1, state.Totals.Seeds - 1);
        Assert.Equal(state.Totals.Seeds, Seeds());
        Assert.Equal((ulong)state.Totals.Seeds, state.NextSeed - 1);
        Assert.Empty(state.Ahead);
    }

    [Fact]
    public void A_failed_seed_is_kept_with_the_command_that_replays_it()
    {
        var state = new SoakState();
        state.Add(new SeedCheck(SeedReport.OfThrown(2, new InvalidOperationException("so")), new SimOptions { Silos = 4, Copies = 3 }, IsSame: true));
        state.Save(State);
        SoakFailure failure = Assert.Single(SoakState.Load(State, "").Failures);
        Assert.Equal("dotnet run -c Release --project tests/OrleansPool.Simulation -- replay 2 --silos 4 --copies 3", failure.Again);
        Assert.Equal((1UL, 2UL), (state.NextSeed, Assert.Single(state.Ahead)));
    }

    [Fact]
    public void Shapes_vary_by_seed()
    {
        Assert.True(Options.TryParse([], [], _errors, out Options? options));
        (int, int)[] shapes = [.. Enumerable.Range(1, 15).Select(seed => options.ShapeOf((ulong)seed)).Select(shape => (shape.Silos, shape.Copies)).Distinct()];
        Assert.Equal(15, shapes.Length);
    }

    [Fact]
    public void Another_shape_needs_another_file()
    {
        Assert.Equal(ExitCode.Ok, Run("--hours", Moment, "--state", State));
        Assert.Equal(ExitCode.Usage, Run("--hours", Moment, "--state", State, "--copies", "2"));
        Assert.Contains("Name another file", _errors.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _output.Dispose();
        _errors.Dispose();
    }

    private int Run(params string[] arguments) => new SoakCommand().Run(arguments, _output, _errors);

    private long Seeds()
    {
        using JsonDocument summary = JsonDocument.Parse(_output.ToString().TrimEnd().Split('\n')[^1]);
        return summary.RootElement.GetProperty("seeds").GetInt64();
    }
}
