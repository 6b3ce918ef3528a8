using OrleansPool.Simulation.Witness;

namespace OrleansPool.Simulation.Tests.Witness;

/// <summary>A run told operation by operation, on segment 7: each by a client of its own, in the stream under epoch 1 and its sequence number.</summary>
internal sealed class Story
{
    public const int BlockBytes = 16;

    private const ulong Segment = 7;

    public List<WitnessedOperation> Seen { get; } = [];

    public List<ExecutedOperation> Executed { get; } = [];

    public long? LostAt { get; set; }

    public ExecutedOperation Write(ulong sequence, byte[] bytes, long from, long to, int block = 0, ulong generation = 1)
    {
        Tell(WitnessedKind.Write, sequence, ContentHash.Of(bytes), bytes.Length, from, to, block, generation);
        return Execute(InStream(WitnessedKind.Write, sequence, block, generation) with { Bytes = bytes });
    }

    public ExecutedOperation Word(
        ulong sequence, WitnessedKind kind, long operand, long expected, long value, long from, long to, bool isMismatch = false)
    {
        Tell(kind, sequence, ContentHash.OfWord(operand, expected), sizeof(long), from, to, 0, 1);
        Seen[^1] = Seen[^1] with { Value = value, Outcome = isMismatch ? WitnessedOutcome.Mismatch : WitnessedOutcome.Ok };
        return Execute(InStream(kind, sequence, 0, 1) with { Operand = operand, Expected = expected, Value = value, IsMismatch = isMismatch });
    }

    public void Read(ulong sequence, byte[] bytes, long from, long to, int block = 0, ulong generation = 1)
    {
        Tell(WitnessedKind.Read, sequence, ContentHash.Of(bytes), bytes.Length, from, to, block, generation);
        Seen[^1] = Seen[^1] with { Session = 0, Number = 0 };
    }

    public void Begin(WitnessedKind kind, ulong sequence, ulong generation, int block = 0) =>
        Execute(InStream(kind, sequence, block, generation) with { Session = 0, Number = 0 });

    public ExecutedOperation Execute(ExecutedOperation executed)
    {
        Executed.Add(executed);
        return executed;
    }

    public void Tell(WitnessedOperation operation) => Seen.Add(operation);

    public WitnessReport Check()
    {
        var witness = new VersionWitness(BlockBytes);
        foreach (WitnessedOperation one in Seen) witness.Record(one);
        foreach (ExecutedOperation one in Executed) witness.RecordExecuted(one);
        if (LostAt is not null) witness.MarkLost(Segment, LostAt.Value);
        return witness.Check();
    }

    public WitnessReport AssertHolds()
    {
        WitnessReport report = Check();
        Assert.True(report.Holds, string.Join('\n', report.Violations));
        return report;
    }

    public void AssertFinds(ViolationKind kind, params string[] named)
    {
        Violation[] found = [.. Check().Violations.Where(one => one.Kind == kind)];
        Assert.NotEmpty(found);
        foreach (string name in named) Assert.Contains(found, one => one.Explanation.Contains(name, StringComparison.Ordinal));
        Assert.All(found, one => Assert.DoesNotContain('\n', one.Explanation));
    }

    private void Tell(WitnessedKind kind, ulong sequence, ulong hash, int count, long from, long to, int block, ulong generation) =>
        Seen.Add(
            new WitnessedOperation
            {
                Id = Seen.Count,
                Client = Seen.Count,
                Kind = kind,
                Outcome = to == long.MaxValue ? WitnessedOutcome.Unknown : WitnessedOutcome.Ok,
                Segment = Segment,
                Block = block,
                Generation = generation,
                Count = count,
                ContentHash = hash,
                Session = 1,
                Number = (ulong)Seen.Count + 1,
                InvokedAt = from,
                CompletedAt = to,
                Viewstamp = new(1, sequence),
            });

    private ExecutedOperation InStream(WitnessedKind kind, ulong sequence, int block, ulong generation) =>
        new()
        {
            Kind = kind,
            Segment = Segment,
            Viewstamp = new(1, sequence),
            Session = 1,
            Number = (ulong)Seen.Count,
            Block = block,
            Generation = generation,
        };
}
