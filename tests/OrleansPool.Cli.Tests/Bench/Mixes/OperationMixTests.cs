using OrleansPool.Benchmarks.Mixes;

namespace OrleansPool.Cli.Tests.Bench.Mixes;

public sealed class OperationMixTests
{
    private const int DrawCount = 200_000;

    [Theory]
    [InlineData("YCSB A", 0.5, 0.5, 0, 0)]
    [InlineData("YCSB B", 0.95, 0.05, 0, 0)]
    [InlineData("YCSB C", 1, 0, 0, 0)]
    [InlineData("YCSB D", 0.95, 0, 0.05, 0)]
    [InlineData("YCSB F", 0.5, 0, 0, 0.5)]
    [InlineData("memtier's default mix", 10.0 / 11, 1.0 / 11, 0, 0)]
    public void Operations_are_drawn_as_the_workload_says(string name, double reads, double updates, double inserts, double readModifyWrites)
    {
        OperationMix mix = OperationMix.Ycsb.Append(OperationMix.Memtier).Single(one => one.Name == name);
        var random = new Random(1);
        Dictionary<MixStep, int> drawn = Enum.GetValues<MixStep>().ToDictionary(step => step, _ => 0);
        for (int i = 0; i < DrawCount; i++) drawn[mix.Draw(random)]++;

        Assert.Equal(reads, drawn[MixStep.Read] / (double)DrawCount, 0.005);
        Assert.Equal(updates, drawn[MixStep.Update] / (double)DrawCount, 0.005);
        Assert.Equal(inserts, drawn[MixStep.Insert] / (double)DrawCount, 0.005);
        Assert.Equal(readModifyWrites, drawn[MixStep.ReadModifyWrite] / (double)DrawCount, 0.005);
    }
}
