namespace OrleansPool.Core.Wire;

/// <summary>
/// What one node says to another. Every message names both ends with their incarnations, in its <see cref="MessageEnvelope"/>; one that
/// is meant for an earlier life of its target is dropped there. Those about a segment carry the epoch of its row that the sender knows: the lower
/// epoch always loses, and is answered with the newer row.
/// </summary>
/// <remarks>Immutable. Messages may be lost, repeated, and come in any order; each says for itself what it needs to be understood.</remarks>
internal abstract record Message;
