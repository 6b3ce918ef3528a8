namespace OrleansPool.Core.Caching;

/// <summary>What a copy from the cache relied on, to be confirmed before its bytes are used.</summary>
internal readonly record struct CacheTicket(CacheTerms? Terms, ulong Version);
