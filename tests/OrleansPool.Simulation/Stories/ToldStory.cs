using System.Reflection;

namespace OrleansPool.Simulation.Stories;

/// <summary>One story with its particulars.</summary>
/// <param name="Name">The class and the method, and the particulars in brackets.</param>
/// <param name="Method">What tells it.</param>
/// <param name="Particulars">Its arguments.</param>
internal sealed record ToldStory(string Name, MethodInfo Method, object[] Particulars)
{
    /// <summary>Tells it. What went otherwise is thrown.</summary>
    public void Tell() => Method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, Particulars, null);
}
