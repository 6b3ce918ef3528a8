using System.Buffers.Binary;

namespace OrleansPool.Cli.Bench.Keys;

/// <summary>Zipf's law, with the popular ones strewn over all keys by a hash, as YCSB does it: hot keys are no neighbours.</summary>
internal sealed class ScrambledZipfianKeys(long count) : IKeyChooser
{
    private const ulong FnvOffset = 0xcbf29ce484222325;
    private const ulong FnvPrime = 1099511628211;

    private readonly ZipfianRanks _ranks = new(count);

    public long Next(Random random) => (long)(Hash((ulong)_ranks.Draw(random)) % (ulong)_ranks.Count);

    /// <summary>FNV-1a over the eight bytes of a rank.</summary>
    private static ulong Hash(ulong rank)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, rank);
        ulong hash = FnvOffset;
        foreach (byte one in bytes) hash = (hash ^ one) * FnvPrime;
        return hash;
    }
}
