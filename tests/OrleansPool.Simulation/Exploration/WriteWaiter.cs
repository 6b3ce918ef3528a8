using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.Exploration;

/// <summary>Waits for the answer to a write.</summary>
internal sealed record WriteWaiter(int Number) : IOperationCompletion
{
    public void Complete(in OperationResult result) => throw new NotSupportedException("Answers are taken from the outbox.");
}
