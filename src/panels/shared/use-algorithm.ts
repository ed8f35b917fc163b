/** What is known of the algorithm is much text, and nothing of it is needed for the first picture: it is a script of its own. */
import { useQuery } from "@tanstack/react-query";

type Algorithm = typeof import("./algorithm");

/** Null until it is here. */
export function useAlgorithm(): Algorithm | null {
  return useQuery({ queryKey: ["algorithm"], queryFn: () => import("./algorithm"), retry: 2 }).data ?? null;
}
