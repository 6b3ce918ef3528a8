using System.Collections.Concurrent;
using OrleansPool.Grains;

namespace OrleansPool.Server.Tests;

/// <summary>Counts the calls of the grains that lead to memory, by interface and method, on all silos.</summary>
public sealed class CountedCalls
{
    private readonly ConcurrentDictionary<(Type Grain, string Method), int> _counts = new();

    /// <summary>Calls of a method of the nodes' own grains since the last <see cref="Reset"/>.</summary>
    public int OfNodes(string method) => _counts.GetValueOrDefault((typeof(INodePoolGrain), method));

    /// <summary>Calls of a method of the silos' caches, which external clients go through, since the last <see cref="Reset"/>.</summary>
    public int OfCaches(string method) => _counts.GetValueOrDefault((typeof(ICacheGrain), method));

    public void Reset() => _counts.Clear();

    public Task FilterAsync(IIncomingGrainCallContext call)
    {
        if (call.InterfaceMethod.DeclaringType is { } called && (called == typeof(INodePoolGrain) || called == typeof(ICacheGrain)))
        {
            _counts.AddOrUpdate((called, call.InterfaceMethod.Name), 1, (_, count) => count + 1);
        }

        return call.Invoke();
    }
}
