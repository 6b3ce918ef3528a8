namespace OrleansPool.Simulation.Witness;

/// <summary>One operation as its client saw it: what it asked, when, and what it was told. Retries of one request are one operation.</summary>
public readonly record struct WitnessedOperation
{
    /// <summary>Names it in explanations.</summary>
    public long Id { get; init; }

    /// <summary>Who asked.</summary>
    public int Client { get; init; }

    /// <summary>What it does: anything but <see cref="WitnessedKind.Take"/> and <see cref="WitnessedKind.Transfer"/>.</summary>
    public WitnessedKind Kind { get; init; }

    /// <summary>How it ended.</summary>
    public WitnessedOutcome Outcome { get; init; }

    /// <summary>The segment.</summary>
    public ulong Segment { get; init; }

    /// <summary>Index of the block.</summary>
    public int Block { get; init; }

    /// <summary>The generation under which the client holds the block.</summary>
    public ulong Generation { get; init; }

    /// <summary>First byte in the block.</summary>
    public int Offset { get; init; }

    /// <summary>How many bytes.</summary>
    public int Count { get; init; }

    /// <summary>
    /// <see cref="Witness.ContentHash"/> of the bytes that a read returned or a write carries, or of the arguments of an operation on a word.
    /// </summary>
    public ulong ContentHash { get; init; }

    /// <summary>What the answer says: the value found by a compare-exchange, the sum after an addition.</summary>
    public long Value { get; init; }

    /// <summary>The session of the request; zero for none, and for reads.</summary>
    public ulong Session { get; init; }

    /// <summary>The number of the request in its session.</summary>
    public ulong Number { get; init; }

    /// <summary>When the client first asked.</summary>
    public long InvokedAt { get; init; }

    /// <summary>When it had the answer; <see cref="long.MaxValue"/> while it has none.</summary>
    public long CompletedAt { get; init; }

    /// <summary>What the answer says: the operation's place in the stream; of a read, that of the version of the block that it returned.</summary>
    public Viewstamp Viewstamp { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        string request = Session == 0 ? "" : $" request {Session}/{Number},";
        string answer = Outcome == WitnessedOutcome.Unknown ? "no answer" : $"{Outcome} {Viewstamp} at {CompletedAt}";
        string place = $"segment {Segment} block {Block} generation {Generation} bytes {Offset}+{Count}";
        return $"operation {Id} ({Kind} by client {Client},{request} {place}, invoked at {InvokedAt}, {answer})";
    }
}
