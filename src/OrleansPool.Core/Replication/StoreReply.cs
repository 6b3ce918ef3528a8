namespace OrleansPool.Core.Replication;

/// <summary>What became of a request to the store.</summary>
/// <param name="Number">Which request.</param>
/// <param name="Document">Which document.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Content">The document as it is now, unless the request failed; null if it was never written.</param>
internal sealed record StoreReply(long Number, int Document, StoreOutcome Outcome, object? Content);
