using System.Globalization;

namespace OrleansPool;

/// <summary>
/// The unforgeable half of a lease: 128 bits that only the memory's owner can produce. Whoever knows them holds the right;
/// treat them as a secret.
/// </summary>
/// <param name="Value">The id; zero is no lease.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LeaseId")]
public readonly record struct LeaseId([property: Id(0)] UInt128 Value)
{
    /// <summary>The first eight hexadecimal digits: enough to find a lease in a log, too few to use it.</summary>
    public override string ToString() => ((uint)(Value >> 96)).ToString("x8", CultureInfo.InvariantCulture) + "…";
}
