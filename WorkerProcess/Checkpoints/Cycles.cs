namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Finds the methods that can reach themselves: Tarjan's strongly connected components, without recursion.</summary>
internal static class Cycles
{
    public static void Mark(IReadOnlyCollection<MethodFacts> methods)
    {
        var visits = new Dictionary<MethodFacts, Visit>(methods.Count);
        var component = new Stack<Visit>();
        var path = new Stack<Visit>();
        foreach (MethodFacts root in methods)
        {
            if (root.Callees.Count > 0 && !visits.ContainsKey(root))
            {
                path.Push(Begin(root));
                Walk();
            }
        }

        Visit Begin(MethodFacts method)
        {
            var visit = new Visit(method, visits.Count);
            visits.Add(method, visit);
            component.Push(visit);
            return visit;
        }

        void Walk()
        {
            while (path.TryPeek(out Visit? visit))
            {
                if (visit.NextCallee < visit.Method.Callees.Count)
                {
                    MethodFacts callee = visit.Method.Callees[visit.NextCallee++];
                    if (callee == visit.Method)
                    {
                        callee.IsInCycle = true;
                    }
                    else if (!visits.TryGetValue(callee, out Visit? seen))
                    {
                        path.Push(Begin(callee));
                    }
                    else if (!seen.IsDone)
                    {
                        visit.Lowest = Math.Min(visit.Lowest, seen.Index);
                    }

                    continue;
                }

                path.Pop();
                if (path.TryPeek(out Visit? caller))
                {
                    caller.Lowest = Math.Min(caller.Lowest, visit.Lowest);
                }

                if (visit.Lowest == visit.Index)
                {
                    Close(visit);
                }
            }
        }

        void Close(Visit root)
        {
            bool isCycle = component.Peek() != root;
            Visit member;
            do
            {
                member = component.Pop();
                member.IsDone = true;
                member.Method.IsInCycle |= isCycle;
            }
            while (member != root);
        }
    }

    private sealed class Visit(MethodFacts method, int index)
    {
        public MethodFacts Method { get; } = method;

        public int Index { get; } = index;

        public int Lowest { get; set; } = index;

        public int NextCallee { get; set; }

        public bool IsDone { get; set; }
    }
}
