using OrleansPool.Core.Replication;

namespace OrleansPool.Simulation.Exploration;

/// <summary>
/// The numbers of a silo's requests to the store, told the same whatever came before: a node compares the number of a reply with that of the one
/// request about the document that it waits for, and with nothing else. So a request counts by how many before it were given up.
/// </summary>
internal sealed class RequestNumbers
{
    private readonly Dictionary<int, (long Number, int GivenUp, bool IsOut)> _documents = [];

    /// <summary>What a silo's further doings rest on, by document.</summary>
    public Dictionary<int, int> Counts => _documents.ToDictionary(one => one.Key, one => (one.Value.GivenUp * 2) + (one.Value.IsOut ? 1 : 0));

    /// <summary>A request as it is told.</summary>
    public StoreRequest Replace(StoreRequest request)
    {
        (_, int givenUp, bool isOut) = _documents.GetValueOrDefault(request.Document);
        if (isOut) givenUp++;
        _documents[request.Document] = (request.Number, givenUp, true);
        return request with { Number = givenUp };
    }

    /// <summary>A reply as the node must see it.</summary>
    public StoreReply Restore(StoreReply reply)
    {
        (long number, int givenUp, bool isOut) = _documents.GetValueOrDefault(reply.Document);
        if (!isOut || reply.Number != givenUp) return reply with { Number = -1 };
        _documents[reply.Document] = (number, givenUp, false);
        return reply with { Number = number };
    }
}
