using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Simulation.Exploration;

/// <summary>What one step of a silo asked for.</summary>
/// <param name="Messages">Messages to others.</param>
/// <param name="Requests">Requests to the store.</param>
/// <param name="Answers">Answers to writes, that were still to be given at that moment.</param>
/// <param name="Reads">What reads through the cache got from fills.</param>
/// <param name="WantsView">It has heard of a newer view.</param>
/// <param name="Fault">What it found broken.</param>
internal sealed record SiloOutput(
    (NodeId To, Message Message)[] Messages, StoreRequest[] Requests, (int Number, OperationResult Result)[] Answers, (int Number, ulong Version)[] Reads, bool WantsView, string? Fault);
