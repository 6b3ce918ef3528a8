using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.Exploration;

/// <summary>Waits for the answer to an operation of the opening.</summary>
internal sealed class OpeningWaiter(Action<OperationResult> told) : IOperationCompletion
{
    public void Tell(in OperationResult result) => told(result);

    public void Complete(in OperationResult result) => told(result);
}
