using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.World;

/// <summary>Who waits at a silo for the answer to a request.</summary>
/// <param name="life">The life of the silo that took the request.</param>
/// <param name="from">The client.</param>
/// <param name="request">The request.</param>
internal sealed class Asker(NodeId life, End from, ClientRequest request) : IOperationCompletion
{
    public NodeId Life => life;

    public End From => from;

    public ClientRequest Request => request;

    public void Complete(in OperationResult result) => throw new NotSupportedException("The simulated host takes answers from the outbox.");
}
