using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;
using OrleansPool.Simulation.Witness;

namespace OrleansPool.Simulation.Tests.Witness;

/// <summary>One operation of a made-up run, as either checker wants it.</summary>
internal sealed class RunOperation
{
    public required RunBlock Block { get; init; }

    public required WitnessedOperation Seen { get; set; }

    /// <summary>What a write carries, or a read returned.</summary>
    public byte[] Bytes { get; set; } = [];

    public long Operand { get; init; }

    public long Expected { get; init; }

    public bool HasRun { get; set; }

    public bool IsLost { get; set; }

    public bool IsWord => Seen.Kind is WitnessedKind.CompareExchange or WitnessedKind.Add;

    public WitnessedOperation ForWitness() =>
        Seen with { ContentHash = IsWord ? ContentHash.OfWord(Operand, Expected) : ContentHash.Of(Bytes) };

    public HistoryOperation<BlockInput, BlockOutput> ForHistory()
    {
        // An object of its own for each block and generation: without transfers, each begins with zeros.
        long block = ((long)Seen.Segment * 1_000 + Seen.Block) * 1_000_000 + (long)Seen.Generation;
        bool isDone = Seen.Outcome != WitnessedOutcome.Mismatch;
        BlockInput input = Seen.Kind switch
        {
            WitnessedKind.Read => BlockInput.Read(block, Seen.Offset, Seen.Count),
            WitnessedKind.Write => BlockInput.Write(block, Seen.Offset, Bytes),
            WitnessedKind.Add => BlockInput.Add(block, Seen.Offset, Operand),
            _ => BlockInput.CompareExchange(block, Seen.Offset, Expected, Operand),
        };
        BlockOutput output = Seen.Kind switch
        {
            WitnessedKind.Read => BlockOutput.Read(Bytes),
            WitnessedKind.Write => BlockOutput.Written,
            _ => BlockOutput.Word(isDone, Seen.Value),
        };
        return new(Seen.Client, input, output, Seen.InvokedAt, Seen.CompletedAt);
    }
}
