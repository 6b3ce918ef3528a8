using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Cli.Tests.Bench.Load;

public sealed class PairedRatiosTests
{
    [Fact]
    public void The_ratio_is_the_median_of_the_pairs_and_not_the_ratio_of_the_medians()
    {
        // The machine was three times as slow during the second pair: its ratio is like the others.
        var ratios = new PairedRatios([(2, 1), (6, 3), (4, 1)]);

        Assert.Equal([2, 2, 4], ratios.All);
        Assert.Equal(2, ratios.Ratio);
        Assert.Equal(4, ratios.Subject);
        Assert.Equal(1, ratios.Yardstick);
    }

    [Theory]
    [InlineData(3.0, 3.0)]
    [InlineData(2.0, 3.0, 1.0)]
    [InlineData(2.0, 1.0, 2.0, 1000.0)]
    [InlineData(2.5, 1.0, 2.0, 3.0, 1000.0)]
    public void The_median_is_the_middle_or_between_the_two_middles(double median, params double[] values) =>
        Assert.Equal(median, PairedRatios.Median(values));

    [Fact]
    public void There_must_be_a_pair() => Assert.Throws<ArgumentException>(() => new PairedRatios([]));
}
