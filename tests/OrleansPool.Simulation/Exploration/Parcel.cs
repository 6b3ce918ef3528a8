
namespace OrleansPool.Simulation.Exploration;

/// <summary>Something that a silo or the store takes in, from whoever, at any later moment.</summary>
/// <param name="To">The place of a silo, or <see cref="Store"/>.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Content">A message, a request to the store or its reply, a view of membership, a <see cref="Timer"/> or a <see cref="ClientWrite"/>.</param>
internal sealed record Parcel(int To, NodeId From, object Content)
{
    /// <summary>The place of the store.</summary>
    public const int Store = Scope.Silos;

    public override string ToString() => $"{(To == Store ? "the store" : $"silo {To}")} takes {ParcelText.Of(Content)}{(From.Silo is null ? "" : $" from silo {From.Silo.Endpoint.Port - Opening.FirstPort}")}";
}
