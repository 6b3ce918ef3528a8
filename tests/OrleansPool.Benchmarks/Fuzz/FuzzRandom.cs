using OrleansPool.Simulation.Engine;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>What broken frames are drawn from: begun anew for every input, so that each has a seed of its own.</summary>
internal sealed class FuzzRandom(ulong seed)
{
    private readonly SeededRandom _source = new(seed);

    public ulong Next() => _source.Next();

    public int Below(int end) => _source.Below(end);

    public bool OneIn(int times) => _source.OneIn(times);

    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>Any number, and often one of those at which something ends.</summary>
    public ulong Number() => Below(4) switch
    {
        0 => Next(),
        1 => Pick<ulong>([0, 1, byte.MaxValue, ushort.MaxValue, int.MaxValue, uint.MaxValue, long.MaxValue, ulong.MaxValue]),
        _ => Next() % 1000,
    };

    public UInt128 Wide() => new(Next(), Next());

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count; at += sizeof(ulong))
        {
            ulong value = Next();
            for (int i = at; i < count && i < at + sizeof(ulong); i++, value >>= 8) bytes[i] = (byte)value;
        }

        return bytes;
    }
}
