using System.Buffers.Binary;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>One operation of a script's client, from the first time it is asked for to its answer.</summary>
internal sealed class ScriptCall(ScriptClient client, ClientOperation operation)
{
    private readonly List<ClientReply> _answers = [];

    public ClientOperation Operation => operation;

    /// <summary>The last refusal after which one asks again.</summary>
    public OperationStatus? Refusal { get; private set; }

    /// <summary>Whether there is an answer.</summary>
    public bool IsAnswered => _answers.Count > 0;

    /// <summary>Every answer that came, in order: a request that was sent twice may get two.</summary>
    public IReadOnlyList<ClientReply> Answers => _answers;

    public OperationStatus Status => Answer.Result.Status;

    public OperationResult Result => Answer.Result;

    /// <summary>The word that was read, or that the answer tells.</summary>
    public long Value => operation.IsRead ? BinaryPrimitives.ReadInt64LittleEndian(Answer.Bytes) : Result.Value;

    private ClientReply Answer => IsAnswered ? _answers[0] : throw new StoryException($"{operation.Operation.Kind} has no answer; the last refusal was {Refusal}");

    /// <summary>Asks one silo, once more.</summary>
    public ScriptCall SendTo(SimSilo silo)
    {
        client.SendTo(silo, this);
        return this;
    }

    /// <summary>Asks again and again, whoever is primary, until there is an answer.</summary>
    public ScriptCall Insist()
    {
        client.Insist(this);
        return this;
    }

    /// <summary>Takes a reply.</summary>
    /// <returns>Whether it is the first answer.</returns>
    public bool Take(ClientReply reply)
    {
        if (reply.Result.Status is OperationStatus.NotPrimary or OperationStatus.Unavailable or OperationStatus.Busy or OperationStatus.NoSegment)
        {
            Refusal = reply.Result.Status;
            return false;
        }

        _answers.Add(reply);
        return _answers.Count == 1;
    }
}
