using System.Collections.Immutable;

namespace Hfmc.Testing;

/// <summary>The faults in force, in the order they were added. Safe to change while requests run.</summary>
public sealed class FaultList
{
    ImmutableList<Fault> _faults = [];

    /// <summary>Puts the fault in force and returns it, to ask for its strikes later.</summary>
    public Fault Add(Fault fault)
    {
        ImmutableInterlocked.Update(ref _faults, faults => faults.Add(fault));
        return fault;
    }

    public Fault Add(FaultKind kind, long bytes = 0) => Add(new Fault(kind, bytes));

    /// <summary>Takes the fault out of force; answers that hang by it go on.</summary>
    public void Remove(Fault fault)
    {
        ImmutableInterlocked.Update(ref _faults, faults => faults.Remove(fault));
        fault.Release();
    }

    public void Clear()
    {
        foreach (var fault in _faults)
            Remove(fault);
    }

    /// <summary>The faults among <paramref name="kinds"/> that hit this request; each counts one strike.</summary>
    internal List<Fault> Strike(HubRequest request, params ReadOnlySpan<FaultKind> kinds)
    {
        var hits = new List<Fault>();
        foreach (var fault in _faults)
            if (kinds.Contains(fault.Kind) && fault.TryStrike(request))
                hits.Add(fault);
        return hits;
    }
}
