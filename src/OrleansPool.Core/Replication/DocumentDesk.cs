namespace OrleansPool.Core.Replication;

/// <summary>
/// One document of the pool map as one node knows it, and its one request to the store that is under way.
/// </summary>
/// <remarks>
/// A write whose outcome is unknown may take effect at any later time, so reading the old version proves nothing. The outcome is known only
/// when a version above the write's base is read: then whatever is to be there is there, and a late write meets another version and fails
/// (rule 8). To come to that, the desk writes the old content again over the same base, as a version of its own, until some version is there.
/// </remarks>
internal sealed class DocumentDesk<T>(int document, T none, Func<T, long> versionOf, Func<T, T> retouch)
    where T : class
{
    private readonly T _none = none;
    private StoreRequest? _request;
    private Tick _sentAt;
    private long _unknownBase = -1;
    private bool _wantsRead;
    private Tick _retryAt;

    /// <summary>The newest version that was read or written here.</summary>
    public T Known { get; private set; } = none;

    /// <summary>Whether it was ever read.</summary>
    public bool IsRead { get; private set; }

    /// <summary>A version older than one seen before was read.</summary>
    public bool WentBack { get; private set; }

    /// <summary>When the request was sent that the last reply answered.</summary>
    public Tick AskedAt { get; private set; }

    /// <summary>When it wants <see cref="Next"/> again.</summary>
    public Tick WakeAt(ReplicationTimes times) =>
        _request is not null ? _sentAt + times.StoreTimeout : _wantsRead || _unknownBase >= 0 ? _retryAt : Tick.Never;

    /// <summary>The document should be read.</summary>
    public void WantRead() => _wantsRead = true;

    /// <summary>The next request, if one is due.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="times">The times.</param>
    /// <param name="number">The number that it gets.</param>
    /// <param name="state">What the composer is given.</param>
    /// <param name="compose">Makes what is to be written of what is known; null for nothing.</param>
    public StoreRequest? Next<TState>(Tick now, ReplicationTimes times, long number, TState state, Func<T, TState, T?> compose)
    {
        if (_request is not null)
        {
            if (now < _sentAt + times.StoreTimeout) return null;
            Give(now, times);
        }

        if (now < _retryAt) return null;
        if (_unknownBase >= 0 || _wantsRead || !IsRead) return Send(new StoreRequest(number, document, null, null), now);
        T? next = WentBack ? null : compose(Known, state);
        return next is null ? null : Send(new StoreRequest(number, document, next, Known == _none ? null : Known), now);
    }

    /// <summary>Takes a reply.</summary>
    /// <param name="reply">It.</param>
    /// <param name="now">The moment.</param>
    /// <param name="times">The times.</param>
    /// <param name="number">The number that a request gets which follows at once.</param>
    /// <param name="isSettled">Whether it is known now what became of the last write.</param>
    /// <param name="next">A request that follows at once.</param>
    /// <returns>False for a reply to a request that was given up.</returns>
    public bool Take(StoreReply reply, Tick now, ReplicationTimes times, long number, out bool isSettled, out StoreRequest? next)
    {
        isSettled = false;
        next = null;
        if (_request is null || reply.Number != _request.Number) return false;
        if (reply.Outcome == StoreOutcome.Unknown)
        {
            Give(now, times);
            isSettled = Mutant.Is(Mutation.UnknownTakenForFailed) && _unknownBase < 0;
            return true;
        }

        bool wasWrite = _request.Content is not null;
        _request = null;
        AskedAt = _sentAt;
        _wantsRead = false;
        T content = (T?)reply.Content ?? _none;
        if (versionOf(content) < versionOf(Known))
        {
            WentBack = true;
            return true;
        }

        (Known, IsRead) = (content, true);
        if (_unknownBase >= 0 && versionOf(content) <= _unknownBase)
        {
            next = Send(new StoreRequest(number, document, retouch(content), reply.Content), now);
            return true;
        }

        isSettled = wasWrite || _unknownBase >= 0;
        _unknownBase = -1;
        return true;
    }

    private void Give(Tick now, ReplicationTimes times)
    {
        if (_request!.Content is not null && !Mutant.Is(Mutation.UnknownTakenForFailed)) _unknownBase = _request.Base is T known ? versionOf(known) : 0;
        else _wantsRead = true;
        _request = null;
        _retryAt = now + times.Resend;
    }

    private StoreRequest Send(StoreRequest request, Tick now)
    {
        _sentAt = now;
        return _request = request;
    }
}
