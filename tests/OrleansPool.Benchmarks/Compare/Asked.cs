using System.Globalization;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>What is asked of the ratio of a figure, subject to yardstick. Without a bound it is told and not judged.</summary>
internal sealed record Asked(Figure Figure, double? Bound = null, bool IsAtMost = true)
{
    /// <summary>What the row is called, if not after its comparison.</summary>
    public string? Path { get; init; }

    public static Asked AtMost(Figure figure, double bound) => new(figure, bound);

    public static Asked AtLeast(Figure figure, double bound) => new(figure, bound, IsAtMost: false);

    /// <summary>A figure that is told and not judged.</summary>
    public static Asked Nothing(Figure figure) => new(figure);

    public string Text => Bound is null
        ? $"{Name}, for information"
        : string.Create(CultureInfo.InvariantCulture, $"{Name} {(IsAtMost ? "at most" : "at least")} {Bound}x");

    public string Unit => Figure switch
    {
        Figure.Throughput => "operations/s",
        Figure.Bytes => "bytes/s",
        _ => "us",
    };

    private string Name => Figure switch
    {
        Figure.Throughput => "throughput",
        Figure.Bytes => "bytes/s",
        Figure.P50 => "p50",
        Figure.P99 => "p99",
        Figure.Processor => "CPU per operation",
        _ => throw new InvalidOperationException($"{Figure} has no name."),
    };

    public bool? IsMet(double ratio) => Bound is null ? null : IsAtMost ? ratio <= Bound : ratio >= Bound;
}
