namespace OrleansPool.Simulation.Witness;

/// <summary>
/// Finds each client's operation in the stream, by request id, or by viewstamp if it has none, and holds what was asked and told against what is there.
/// </summary>
internal sealed class RequestMatch
{
    private const int None = -1;

    private readonly Evidence _evidence;
    private readonly int[] _stream;
    private readonly int[] _rankOf;
    private readonly int[] _executedOf;

    public RequestMatch(Evidence evidence)
    {
        _evidence = evidence;
        _stream = evidence.ExecutedOperations(_ => true, ByViewstamp);
        _rankOf = new int[evidence.ExecutedCount];
        for (int rank = 0; rank < _stream.Length; rank++) _rankOf[_stream[rank]] = rank;
        _executedOf = new int[evidence.OperationCount];
        Array.Fill(_executedOf, None);
    }

    /// <summary>The index of the executed operation that is a client's operation; -1 if it is not in the stream.</summary>
    public int ExecutedOf(int operation) => _executedOf[operation];

    /// <summary>Where a client's operation stands in the order of its segment's stream; -1 if it does not.</summary>
    public int RankOf(int operation) => _executedOf[operation] == None ? None : _rankOf[_executedOf[operation]];

    public void Run()
    {
        CheckViewstamps();
        MatchRequests();
        for (int operation = 0; operation < _evidence.OperationCount; operation++)
        {
            if (_evidence.Operation(operation).Kind == WitnessedKind.Read) continue;
            if (_evidence.Operation(operation).Session == 0) _executedOf[operation] = Find(_evidence.Operation(operation));
            CheckOne(_evidence.Operation(operation), _executedOf[operation]);
        }
    }

    private void CheckViewstamps()
    {
        for (int rank = 1; rank < _stream.Length; rank++)
        {
            ref readonly ExecutedOperation before = ref _evidence.Executed(_stream[rank - 1]);
            ref readonly ExecutedOperation one = ref _evidence.Executed(_stream[rank]);
            if (before.Segment != one.Segment || before.Viewstamp != one.Viewstamp) continue;

            // One ALLOC or TRANSFER is about all blocks of its lease.
            if (before.BeginsGeneration && before.Kind == one.Kind && before.Block != one.Block) continue;
            _evidence.Violate(ViolationKind.ViewstampReused, $"{before} and {one} have one viewstamp");
        }
    }

    /// <summary>Goes through clients' requests and the stream's side by side, both in order of request id.</summary>
    private void MatchRequests()
    {
        int[] asked = _evidence.Operations(
            one => _evidence.Operation(one).Session != 0 && _evidence.Operation(one).Kind != WitnessedKind.Read,
            (left, right) => Request(_evidence.Operation(left)).CompareTo(Request(_evidence.Operation(right))));
        int[] executed = _evidence.ExecutedOperations(
            one => _evidence.Executed(one).Session != 0,
            (left, right) =>
            {
                int byRequest = Request(_evidence.Executed(left)).CompareTo(Request(_evidence.Executed(right)));
                return byRequest != 0 ? byRequest : _rankOf[left].CompareTo(_rankOf[right]);
            });
        for (int i = 1; i < asked.Length; i++)
        {
            if (Request(_evidence.Operation(asked[i])) == Request(_evidence.Operation(asked[i - 1])))
            {
                _evidence.Violate(
                    ViolationKind.RequestReused, $"{_evidence.Operation(asked[i - 1])} and {_evidence.Operation(asked[i])} have one request id");
            }
        }

        int at = 0;
        for (int i = 0; i < executed.Length; i++)
        {
            ref readonly ExecutedOperation one = ref _evidence.Executed(executed[i]);
            if (i > 0 && Request(one) == Request(_evidence.Executed(executed[i - 1])))
            {
                // The blocks of one lease again: they come with one request and one viewstamp.
                if (!one.BeginsGeneration || one.Viewstamp != _evidence.Executed(executed[i - 1]).Viewstamp)
                    _evidence.Violate(ViolationKind.ExecutedTwice, $"{_evidence.Executed(executed[i - 1])} and {one} are one request");
                continue;
            }

            while (at < asked.Length && Request(_evidence.Operation(asked[at])).CompareTo(Request(one)) < 0) at++;
            bool isAsked = at < asked.Length && Request(_evidence.Operation(asked[at])) == Request(one);
            if (!isAsked && !one.BeginsGeneration) _evidence.Violate(ViolationKind.NobodyAsked, $"{one} is of a request that no client made");
            for (; at < asked.Length && Request(_evidence.Operation(asked[at])) == Request(one); at++) _executedOf[asked[at]] = executed[i];
        }
    }

    private void CheckOne(in WitnessedOperation operation, int executed)
    {
        bool hasRun = operation.Outcome is WitnessedOutcome.Ok or WitnessedOutcome.Mismatch;
        if (executed == None)
        {
            if (hasRun) _evidence.Violate(ViolationKind.NeverExecuted, $"{operation} was acknowledged and is not in the stream");
            return;
        }

        ref readonly ExecutedOperation one = ref _evidence.Executed(executed);
        if (operation.Outcome == WitnessedOutcome.Refused)
            _evidence.Violate(ViolationKind.RefusedButExecuted, $"{operation} was refused and is in the stream as {one}");
        if (!IsAskedFor(operation, one))
            _evidence.Violate(ViolationKind.RequestDiffers, $"{operation} is in the stream as {one}, which is something else");
        if (!hasRun) return;
        bool isMismatch = operation.Outcome == WitnessedOutcome.Mismatch;
        if (isMismatch != one.IsMismatch || operation.Viewstamp != one.Viewstamp || (one.IsWord && operation.Value != one.Value))
            _evidence.Violate(ViolationKind.ReplyDiffers, $"{operation} was told the value {operation.Value}, the stream has {one}");
    }

    private static bool IsAskedFor(in WitnessedOperation operation, in ExecutedOperation one) =>
        operation.Kind == one.Kind && operation.Block == one.Block && operation.Generation == one.Generation && operation.Offset == one.Offset
        && operation.Count == one.Count
        && operation.ContentHash == (one.IsWord ? ContentHash.OfWord(one.Operand, one.Expected) : ContentHash.Of(one.Bytes.Span));

    /// <summary>An operation without a request id is known by its viewstamp alone, so only after an answer.</summary>
    private int Find(in WitnessedOperation operation)
    {
        if (operation.Outcome is not (WitnessedOutcome.Ok or WitnessedOutcome.Mismatch)) return None;
        int low = 0;
        int high = _stream.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            ref readonly ExecutedOperation one = ref _evidence.Executed(_stream[middle]);
            if ((one.Segment, one.Viewstamp).CompareTo((operation.Segment, operation.Viewstamp)) < 0) low = middle + 1;
            else high = middle;
        }

        if (low == _stream.Length) return None;
        ref readonly ExecutedOperation found = ref _evidence.Executed(_stream[low]);
        return found.Segment == operation.Segment && found.Viewstamp == operation.Viewstamp && found.Session == 0 ? _stream[low] : None;
    }

    private int ByViewstamp(int left, int right)
    {
        ref readonly ExecutedOperation one = ref _evidence.Executed(left);
        ref readonly ExecutedOperation other = ref _evidence.Executed(right);
        return (one.Segment, one.Viewstamp, one.Block).CompareTo((other.Segment, other.Viewstamp, other.Block));
    }

    private static (ulong Segment, ulong Session, ulong Number) Request(in WitnessedOperation one) => (one.Segment, one.Session, one.Number);

    private static (ulong Segment, ulong Session, ulong Number) Request(in ExecutedOperation one) => (one.Segment, one.Session, one.Number);
}
