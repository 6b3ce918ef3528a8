namespace OrleansPool.Simulation.Witness;

/// <summary>One committed operation of a segment's stream: the truth that answers are held against.</summary>
public readonly record struct ExecutedOperation
{
    /// <summary>What it does: anything but <see cref="WitnessedKind.Read"/>.</summary>
    public WitnessedKind Kind { get; init; }

    /// <summary>Whether the comparison of a compare-exchange failed; else it is done.</summary>
    public bool IsMismatch { get; init; }

    /// <summary>The segment.</summary>
    public ulong Segment { get; init; }

    /// <summary>Its place in the stream.</summary>
    public Viewstamp Viewstamp { get; init; }

    /// <summary>The session of the request; zero for none.</summary>
    public ulong Session { get; init; }

    /// <summary>The number of the request in its session.</summary>
    public ulong Number { get; init; }

    /// <summary>Index of the block.</summary>
    public int Block { get; init; }

    /// <summary>The block's generation: for <see cref="WitnessedKind.Take"/> and <see cref="WitnessedKind.Transfer"/>, the new one.</summary>
    public ulong Generation { get; init; }

    /// <summary>First byte in the block.</summary>
    public int Offset { get; init; }

    /// <summary>What a write writes. Copied when it is recorded.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The desired value, or the addend.</summary>
    public long Operand { get; init; }

    /// <summary>The value that must be there.</summary>
    public long Expected { get; init; }

    /// <summary>The result: the value found by a compare-exchange, the sum after an addition.</summary>
    public long Value { get; init; }

    internal bool IsWord => Kind is WitnessedKind.CompareExchange or WitnessedKind.Add;

    internal bool BeginsGeneration => Kind is WitnessedKind.Take or WitnessedKind.Transfer;

    internal int Count => IsWord ? sizeof(long) : Bytes.Length;

    /// <inheritdoc/>
    public override string ToString()
    {
        string request = Session == 0 ? "" : $" request {Session}/{Number},";
        string place = $"block {Block} generation {Generation} bytes {Offset}+{Count}";
        return $"{Viewstamp} of segment {Segment} ({Kind}{(IsMismatch ? " that fails" : "")},{request} {place}, value {Value})";
    }
}
