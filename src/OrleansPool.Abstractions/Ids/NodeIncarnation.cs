using System.Globalization;

namespace OrleansPool;

/// <summary>
/// Tells two lives of one silo address apart. Random, drawn when the silo's memory is made; Orleans' own generation counts
/// whole seconds and can repeat.
/// </summary>
/// <param name="Value">128 random bits; zero is no node.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.NodeIncarnation")]
public readonly record struct NodeIncarnation([property: Id(0)] UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
